// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/image_pattern.hpp"

#include <fnmatch.h>
#include <glib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "net/uri_text.hpp"

namespace webrtcserver {

namespace {

namespace fs = std::filesystem;

struct ImageType {
  const char* extension;
  const char* caps;
};
constexpr std::array kTypes{
    ImageType{".jpg", "image/jpeg"},
    ImageType{".jpeg", "image/jpeg"},
    ImageType{".png", "image/png"},
};

struct Conversion {
  std::size_t begin;
  std::size_t end;
  std::size_t width;
  bool zeros;
};

std::optional<Conversion> find_conversion(std::string_view path, std::size_t from = 0) {
  for (auto begin = path.find('%', from); begin != std::string_view::npos;
       begin = path.find('%', begin + 1)) {
    std::size_t end = begin + 1;
    const bool zeros = end < path.size() && path[end] == '0';
    std::size_t width = 0;
    while (end < path.size() && g_ascii_isdigit(path[end]) && end < begin + 4)
      width = width * 10 + static_cast<std::size_t>(path[end++] - '0');
    if (end < path.size() && path[end] == 'd') return Conversion{begin, end + 1, width, zeros};
  }
  return {};
}

// Numbers within names count as numbers: img_2 comes before img_10.
std::string order_of(const fs::path& path) {
  return take_string(g_utf8_collate_key_for_filename(path.filename().c_str(), -1));
}

std::optional<unsigned long> index_of(const std::string& name, const std::string& pattern) {
  const auto number = find_conversion(pattern);
  if (!number) return {};
  const std::string_view tail = std::string_view(pattern).substr(number->end);
  if (name.size() <= number->begin + tail.size()) return {};
  const std::string digits = name.substr(number->begin, name.size() - number->begin - tail.size());
  constexpr std::size_t kMostDigits = 18;
  if (digits.size() > kMostDigits ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return g_ascii_isdigit(c); }))
    return {};
  const unsigned long index = std::stoul(digits);
  if (numbered_path(pattern, index) != name) return {};
  return index;
}

// The files in the folder of `path` whose names `order` takes, by what it makes of them.
template <typename Key, typename Order>
std::vector<std::string> files_like(const fs::path& folder, const Order& order) {
  std::vector<std::pair<Key, std::string>> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, error)) {
    std::error_code ignored;
    if (!entry.is_regular_file(ignored)) continue;
    if (std::optional<Key> key = order(entry.path()))
      found.emplace_back(std::move(*key), entry.path().string());
  }
  if (error) {
    throw Error(ErrorCode::kFailed, "The folder " + quote(folder.empty() ? "." : folder.string()) +
                                        " cannot be read: " + error.message() + ".");
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> paths;
  for (auto& [key, path] : found) paths.push_back(std::move(path));
  return paths;
}

std::vector<std::string> list(const std::string& text) {
  const fs::path path(text);
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return files_like<std::string>(path, [](const fs::path& file) {
      return has_image_extension(file.string()) ? std::optional(order_of(file)) : std::nullopt;
    });
  }
  if (fs::exists(path, error)) return {text};
  const std::string name = path.filename().string();
  if (find_conversion(name)) {
    return files_like<unsigned long>(path.parent_path(), [&name](const fs::path& file) {
      return index_of(file.filename().string(), name);
    });
  }
  if (has_wildcard(name)) {
    return files_like<std::string>(path.parent_path(), [&name](const fs::path& file) {
      const bool fits = fnmatch(name.c_str(), file.filename().c_str(), FNM_PERIOD) == 0 &&
                        has_image_extension(file.string());
      return fits ? std::optional(order_of(file)) : std::nullopt;
    });
  }
  throw Error(ErrorCode::kFailed, "There is no file " + quote(text) + ".");
}

}  // namespace

const char* image_type(std::string_view path) {
  for (const ImageType& type : kTypes) {
    const std::string_view extension = type.extension;
    if (path.size() > extension.size() &&
        g_ascii_strncasecmp(path.data() + path.size() - extension.size(), extension.data(),
                            extension.size()) == 0)
      return type.caps;
  }
  return nullptr;
}

bool has_image_extension(std::string_view path) {
  return image_type(path) != nullptr;
}

int count_conversions(std::string_view path) {
  int count = 0;
  for (auto found = find_conversion(path); found; found = find_conversion(path, found->end))
    ++count;
  return count;
}

bool has_wildcard(std::string_view path) {
  return path.find_first_of("*?") != std::string_view::npos;
}

std::string numbered_path(std::string_view pattern, unsigned long index) {
  const auto number = find_conversion(pattern);
  if (!number) return std::string(pattern);
  std::string digits = std::to_string(index);
  if (digits.size() < number->width)
    digits.insert(0, number->width - digits.size(), number->zeros ? '0' : ' ');
  return std::string(pattern.substr(0, number->begin)) + digits +
         std::string(pattern.substr(number->end));
}

std::string unescape_path(std::string_view text) {
  const bool image = has_image_extension(text);
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto number = image ? find_conversion(text, i) : std::nullopt;
    if (number && number->begin == i) {
      path += text.substr(i, number->end - i);
      i = number->end - 1;
    } else if (text[i] == '%' && i + 2 < text.size() && g_ascii_isxdigit(text[i + 1]) &&
               g_ascii_isxdigit(text[i + 2])) {
      path += static_cast<char>(g_ascii_xdigit_value(text[i + 1]) * 16 +
                                g_ascii_xdigit_value(text[i + 2]));
      i += 2;
    } else {
      path += text[i];
    }
  }
  return path;
}

std::vector<std::string> find_images(const std::string& path) {
  auto images = list(path);
  if (images.empty()) {
    throw Error(ErrorCode::kFailed,
                "No image (.jpg, .jpeg, .png) is found at " + quote(path) + ".");
  }
  const std::string_view type = image_type(images.front());
  for (const std::string& image : images) {
    if (type != image_type(image)) {
      throw Error(ErrorCode::kFailed, "The images at " + quote(path) + " are of several types, " +
                                          quote(images.front()) + " and " + quote(image) +
                                          "; name those of one, as in photos/*.jpg.");
    }
  }
  return images;
}

}  // namespace webrtcserver
