// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"

#include <gst/gst.h>

#include <memory>
#include <stdexcept>

namespace {

struct Freed {
  void operator()(gchar* text) const { g_free(text); }
  void operator()(gchar** texts) const { g_strfreev(texts); }
  void operator()(GOptionContext* context) const { g_option_context_free(context); }
  void operator()(GError* error) const { g_error_free(error); }
};
using Text = std::unique_ptr<gchar, Freed>;

std::string or_default(const Text& given, const std::string& otherwise) {
  return given ? given.get() : otherwise;
}

void check(const Options& options) {
  if (options.port < 0 || options.port > 65535)
    throw std::invalid_argument("--port must be from 0 to 65535");
  if (options.host.empty() || options.host.find_first_of("/?#@ ") != std::string::npos)
    throw std::invalid_argument("--host takes a name or an address, not \"" + options.host + "\"");
  if (options.cert_file.empty() != options.key_file.empty())
    throw std::invalid_argument("--cert-file and --key-file are given together");
  if (!options.page.empty() && !g_file_test(options.page.c_str(), G_FILE_TEST_IS_DIR))
    throw std::invalid_argument("there is no folder " + options.page + " to take the page from");
}

}  // namespace

Options parse_options(int argc, char** argv) {
  gchar* host = nullptr;
  gchar* cert_file = nullptr;
  gchar* key_file = nullptr;
  gchar** ice_servers = nullptr;
  gchar* page = nullptr;
  gboolean verbose = FALSE;
  Options options;
  const GOptionEntry entries[] = {
      {"host", 0, 0, G_OPTION_ARG_STRING, &host, "address to listen on (0.0.0.0)", "HOST"},
      {"port", 0, 0, G_OPTION_ARG_INT, &options.port, "port to listen on (8080)", "PORT"},
      {"cert-file", 0, 0, G_OPTION_ARG_FILENAME, &cert_file, "certificate, for HTTPS", "FILE"},
      {"key-file", 0, 0, G_OPTION_ARG_FILENAME, &key_file, "its key", "FILE"},
      {"ice-server", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ice_servers,
       "stun:HOST:PORT or turn:HOST:PORT[USER:PASSWORD]; may be given several times", "SERVER"},
      {"page", 0, 0, G_OPTION_ARG_FILENAME, &page, "serve this folder's files as the page at /",
       "FOLDER"},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "tell what happens", nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  const std::unique_ptr<GOptionContext, Freed> context(
      g_option_context_new("- bouncing text, steered from browsers"));
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  g_option_context_add_group(context.get(), gst_init_get_option_group());
  GError* error = nullptr;
  const bool understood = g_option_context_parse(context.get(), &argc, &argv, &error);
  const std::unique_ptr<GError, Freed> failure(error);
  const Text texts[] = {Text(host), Text(cert_file), Text(key_file), Text(page)};
  const std::unique_ptr<gchar*, Freed> servers(ice_servers);
  if (!understood) throw std::invalid_argument(failure->message);
  if (argc > 1) throw std::invalid_argument(std::string("what is \"") + argv[1] + "\"?");

  options.host = or_default(texts[0], options.host);
  options.cert_file = or_default(texts[1], {});
  options.key_file = or_default(texts[2], {});
  options.page = or_default(texts[3], {});
  for (gchar** server = ice_servers; server && *server; ++server)
    options.ice_servers.emplace_back(*server);
  options.verbose = verbose;
  check(options);
  return options;
}

std::string Options::uri(int real_port) const {
  const bool naked = host.find(':') != std::string::npos && host.front() != '[';
  return (cert_file.empty() ? "webrtc://" : "webrtcs://") + (naked ? "[" + host + "]" : host) +
         ":" + std::to_string(real_port);
}
