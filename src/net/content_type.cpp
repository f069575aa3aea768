// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/content_type.hpp"

#include <glib.h>

#include <array>

namespace webrtcserver {

namespace {

struct ContentType {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array<ContentType, 30> kContentTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".htm", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".ttf", "font/ttf"},
    {".wasm", "application/wasm"},
    {".pdf", "application/pdf"},
    {".xml", "application/xml"},
    {".csv", "text/csv; charset=utf-8"},
    {".mp4", "video/mp4"},
    {".webm", "video/webm"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".wav", "audio/wav"},
    {".md", "text/markdown; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
}};

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() &&
         g_ascii_strncasecmp(text.data() + text.size() - suffix.size(), suffix.data(),
                             suffix.size()) == 0;
}

}  // namespace

std::string content_type_of(std::string_view path) {
  for (const auto& [extension, type] : kContentTypes) {
    if (ends_with(path, extension)) return std::string(type);
  }
  const std::size_t slash = path.rfind('/');
  const bool has_extension =
      path.find('.', slash == std::string_view::npos ? 0 : slash) != std::string_view::npos;
  return has_extension ? "application/octet-stream" : "text/plain; charset=utf-8";
}

}  // namespace webrtcserver
