// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/endpoint_uri.hpp"

#include <gio/gio.h>

#include <memory>
#include <optional>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "net/uri_text.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxUri = 8192;  // bytes; longer is a mistake, not an address

struct UriDeleter {
  void operator()(GUri* uri) const { g_uri_unref(uri); }
};
using Uri = std::unique_ptr<GUri, UriDeleter>;

// As written: neither path nor query is decoded, since what the server means by it is its own.
constexpr auto kFlags = static_cast<GUriFlags>(
    G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_FRAGMENT |
    G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_SCHEME_NORMALIZE);

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::kInvalidUri, message);
}

struct Scheme {
  EndpointUri::Protocol protocol;
  bool secure;
};

std::optional<Scheme> scheme_of(std::string_view text) {
  const std::string name = take_string(
      g_ascii_strdown(text.data(), static_cast<gssize>(std::min(text.find("://"), text.size()))));
  if (name == "whip") return Scheme{EndpointUri::Protocol::kWhip, false};
  if (name == "whips") return Scheme{EndpointUri::Protocol::kWhip, true};
  if (name == "whep") return Scheme{EndpointUri::Protocol::kWhep, false};
  if (name == "wheps") return Scheme{EndpointUri::Protocol::kWhep, true};
  return {};
}

bool is_loopback(const std::string& host) {
  if (g_ascii_strcasecmp(host.c_str(), "localhost") == 0) return true;
  const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(host.c_str()));
  return address && g_inet_address_get_is_loopback(address.get());
}

// The parts of a query that are options go to `options`; what is left is returned.
std::string take_options(std::string_view query,
                         const std::function<bool(const std::string&)>& is_option,
                         std::vector<std::pair<std::string, std::string>>& options) {
  std::string rest;
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    const auto equals = part.find('=');
    const std::string name(part.substr(0, equals));
    if (equals != std::string_view::npos && is_option(name)) {
      options.emplace_back(name, decode_option(part.substr(equals + 1), part));
    } else {
      rest += (rest.empty() ? "" : "&") + std::string(part);
    }
  }
  return rest;
}

}  // namespace

const char* to_string(EndpointUri::Protocol protocol) {
  return protocol == EndpointUri::Protocol::kWhip ? "WHIP" : "WHEP";
}

bool EndpointUri::is_one(std::string_view text) {
  return text.find("://") != std::string_view::npos && scheme_of(text).has_value();
}

EndpointUri EndpointUri::parse(std::string_view text, Protocol wanted,
                               const std::function<bool(const std::string&)>& is_option) {
  if (text.size() > kMaxUri) {
    fail("The address has " + std::to_string(text.size()) + " characters; at most " +
         std::to_string(kMaxUri) + " are allowed.");
  }
  const auto scheme_end = text.find("://");
  const auto scheme = scheme_end == std::string_view::npos ? std::nullopt : scheme_of(text);
  if (!scheme)
    fail("The address is " + quote(text) + "; write it as whip(s)://host/path or whep(s)://….");
  if (scheme->protocol != wanted) {
    const bool whip = wanted == Protocol::kWhip;
    fail("The scheme " + quote(text.substr(0, scheme_end)) +
         (whip ? " plays from a server; it is for webrtcsrc. Use whip:// or whips:// to publish."
               : " publishes to a server; it is for webrtcsink. Use whep:// or wheps:// to play."));
  }
  const std::string http =
      (scheme->secure ? "https" : "http") + std::string(text.substr(scheme_end));
  const Uri uri(g_uri_parse(http.c_str(), kFlags, nullptr));
  // Its text may hold a password and is not repeated.
  if (!uri) {
    fail(std::string("The address is not a URI; write it as ") +
         (scheme->protocol == Protocol::kWhip ? "whip" : "whep") +
         "(s)://host[:port]/path, an IPv6 address in brackets and % as %25.");
  }
  if (g_uri_get_userinfo(uri.get())) {
    fail(
        "The address has a user name or password in it (before @), which would show in logs; set "
        "auth-token.");
  }
  if (g_uri_get_fragment(uri.get()))
    fail("The address has a fragment (behind #), which no server would see; write # as %23.");
  const char* host = g_uri_get_host(uri.get());
  if (!host || !*host) fail("The address names no host; write it as whip(s)://host[:port]/path.");
  if (g_uri_get_port(uri.get()) == 0) fail("The port is 0; a server listens on 1 to 65535.");

  EndpointUri endpoint;
  endpoint.protocol = wanted;
  endpoint.loopback = is_loopback(host);
  const char* query = g_uri_get_query(uri.get());
  const std::string rest = take_options(query ? query : "", is_option, endpoint.options);
  const char* path = g_uri_get_path(uri.get());
  endpoint.url = take_string(g_uri_join(kFlags, scheme->secure ? "https" : "http", nullptr, host,
                                        g_uri_get_port(uri.get()), *path ? path : "/",
                                        rest.empty() ? nullptr : rest.c_str(), nullptr));
  return endpoint;
}

bool same_origin(const std::string& one, const std::string& other) {
  const Uri a(g_uri_parse(one.c_str(), kFlags, nullptr));
  const Uri b(g_uri_parse(other.c_str(), kFlags, nullptr));
  if (!a || !b || !g_uri_get_host(a.get()) || !g_uri_get_host(b.get())) return false;
  const auto port = [](GUri* uri) {
    const int named = g_uri_get_port(uri);
    return named > 0 ? named : g_str_equal(g_uri_get_scheme(uri), "https") ? 443 : 80;
  };
  return g_str_equal(g_uri_get_scheme(a.get()), g_uri_get_scheme(b.get())) &&
         g_ascii_strcasecmp(g_uri_get_host(a.get()), g_uri_get_host(b.get())) == 0 &&
         port(a.get()) == port(b.get());
}

}  // namespace webrtcserver
