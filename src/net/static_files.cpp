// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/static_files.hpp"

#include <gio/gio.h>

#include <array>

namespace webrtcserver {

namespace {

struct ContentType {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array<ContentType, 13> kContentTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".md", "text/markdown; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
}};

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

std::string content_type_of(std::string_view path) {
  for (const auto& [extension, type] : kContentTypes) {
    if (ends_with(path, extension)) return std::string(type);
  }
  const std::size_t slash = path.rfind('/');
  const bool has_extension =
      path.find('.', slash == std::string_view::npos ? 0 : slash) != std::string_view::npos;
  return has_extension ? "application/octet-stream" : "text/plain; charset=utf-8";  // LICENSE
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

// RFC 9110, section 13.1.2: a list of tags, compared weakly, or "*".
bool names(std::string_view if_none_match, const std::string& tag) {
  while (!if_none_match.empty()) {
    const std::size_t comma = if_none_match.find(',');
    std::string_view candidate = if_none_match.substr(0, comma);
    if_none_match.remove_prefix(comma == std::string_view::npos ? if_none_match.size() : comma + 1);
    while (!candidate.empty() && (candidate.front() == ' ' || candidate.front() == '\t'))
      candidate.remove_prefix(1);
    while (!candidate.empty() && (candidate.back() == ' ' || candidate.back() == '\t'))
      candidate.remove_suffix(1);
    if (candidate.substr(0, 2) == "W/") candidate.remove_prefix(2);
    if (candidate == tag || candidate == "*") return true;
  }
  return false;
}

}  // namespace

StaticFiles::StaticFiles(std::string prefix) : prefix_(std::move(prefix)) {}

HttpResponse StaticFiles::serve(const HttpRequest& request, std::string_view path) const {
  const Ref<GBytes> bytes = look_up(prefix_, path);
  if (!bytes) return HttpResponse::problem(404, "There is no such file.");

  const std::string tag = entity_tag_of(bytes.get());
  HttpResponse response;
  response.content_type = content_type_of(path);
  if (const auto known = request.header("if-none-match"); known && names(*known, tag)) {
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
