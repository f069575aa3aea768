// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/static_files.hpp"

#include <gio/gio.h>

#include "net/content_type.hpp"
#include "net/entity_tag.hpp"

namespace webrtcserver {

namespace {

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

Ref<GBytes> look_up(const std::string& prefix, std::string_view path) {
  if (path.empty() || path.find("..") != std::string_view::npos) return nullptr;
  const std::string full = prefix + "/" + std::string(path);
  return Ref<GBytes>::adopt(
      g_resources_lookup_data(full.c_str(), G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr));
}

// A strong entity tag: the content's own hash, so that it survives a restart and differs after an
// update.
std::string entity_tag_of(GBytes* bytes) {
  return "\"" + take_string(g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes)).substr(0, 32) +
         "\"";
}

}  // namespace

StaticFiles::StaticFiles(std::string prefix) : prefix_(std::move(prefix)) {}

HttpResponse StaticFiles::serve(const HttpRequest& request, std::string_view path) const {
  const Ref<GBytes> bytes = look_up(prefix_, path);
  if (!bytes) return HttpResponse::problem(404, "There is no such file.");

  const std::string tag = entity_tag_of(bytes.get());
  HttpResponse response;
  response.content_type = content_type_of(path);
  if (const auto known = request.header("if-none-match"); known && names_entity_tag(*known, tag)) {
    response.status = 304;
  } else {
    response.body = bytes;
  }
  response.with("ETag", tag)
      .with("Cache-Control", "no-cache")
      .with("Cross-Origin-Resource-Policy", "cross-origin");
  if (ends_with(path, ".html")) {
    response.with("Content-Security-Policy", std::string(kContentSecurityPolicy));
  } else if (path.substr(0, 13) == "webrtc-client") {
    response.with("Access-Control-Allow-Origin", "*");
  }
  return response;
}

bool StaticFiles::contains(std::string_view path) const {
  return static_cast<bool>(look_up(prefix_, path));
}

}  // namespace webrtcserver
