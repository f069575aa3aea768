// SPDX-License-Identifier: LGPL-2.1-or-later
#include "addresses.hpp"

#include <fnmatch.h>
#include <glib.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>
#include <optional>
#include <regex>
#include <stdexcept>

namespace fs = std::filesystem;

namespace {

// Where images are numbered by printf: "img_%04d.jpg".
const std::regex kNumber("%0?[0-9]*[diu]");

bool is_numbered(const std::string& name) {
  return std::regex_search(name, kNumber);
}

bool has_wildcard(const std::string& name) {
  return name.find_first_of("*?[") != std::string::npos;
}

// Links and dots resolved as far as there is something; of what is not there yet, its folder's.
fs::path real(const fs::path& path) {
  std::error_code ignored;
  const fs::path whole = fs::absolute(path, ignored);
  fs::path found = fs::weakly_canonical(whole, ignored);
  return found.empty() ? whole : found;
}

bool is_same_file(const fs::path& one, const fs::path& other) {
  std::error_code ignored;
  // Hard links too, and a path that is a link.
  if (fs::equivalent(one, other, ignored)) return true;
  return real(one) == real(other);
}

// A shell's pattern that fits all that the numbered name may become.
std::string wildcard_of(const std::string& name) {
  std::string pattern = std::regex_replace(name, kNumber, "*");
  std::string::size_type at = 0;
  while ((at = pattern.find("%%", at)) != std::string::npos) pattern.erase(at++, 1);
  return pattern;
}

// The folder and the pattern of names that an input of many files reads.
struct Many {
  fs::path folder;
  std::string pattern;
};

std::optional<Many> many_of(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return Many{real(path), "*"};
  // A file of this very name is that file.
  if (fs::exists(path, ignored)) return std::nullopt;
  const fs::path folder = fs::path(path).parent_path();
  const std::string name = fs::path(path).filename();
  if (!is_numbered(name) && !has_wildcard(name)) return std::nullopt;
  return Many{real(folder.empty() ? "." : folder), is_numbered(name) ? wildcard_of(name) : name};
}

// Whether writing `path` may write one of the files.
bool writes_into(const std::string& path, const Many& many) {
  const fs::path folder = fs::path(path).parent_path();
  if (real(folder.empty() ? "." : folder) != many.folder) return false;
  const std::string name = fs::path(path).filename();
  if (!is_numbered(name)) return fnmatch(many.pattern.c_str(), name.c_str(), 0) == 0;
  // Two patterns meet where one, with a number in it, fits the other.
  const std::string some = std::regex_replace(name, kNumber, "0000");
  return fnmatch(many.pattern.c_str(), some.c_str(), 0) == 0 || wildcard_of(name) == many.pattern;
}

bool overwrites(const std::string& path, const std::string& input) {
  if (const auto many = many_of(input)) return writes_into(path, *many);
  if (is_numbered(fs::path(path).filename())) {
    // Images into the very folder of a single file: only those that bear its name.
    const fs::path folder = fs::path(path).parent_path();
    return real(folder.empty() ? "." : folder) == real(input).parent_path() &&
           fnmatch(wildcard_of(fs::path(path).filename()).c_str(),
                   fs::path(input).filename().c_str(), 0) == 0;
  }
  return is_same_file(path, input);
}

}  // namespace

std::string scheme_of(const std::string& address) {
  const auto end = address.find("://");
  if (end == std::string::npos) return {};
  std::string scheme = address.substr(0, end);
  const auto is_part = [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '-'; };
  if (!std::all_of(scheme.begin(), scheme.end(), is_part)) return {};
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return scheme;
}

std::string file_of(const std::string& address) {
  const std::string scheme = scheme_of(address);
  if (scheme.empty()) return address;
  if (scheme != "file") return {};
  // What does not read as one is left to the library, which says why.
  const std::unique_ptr<char, decltype(&g_free)> path(
      g_filename_from_uri(address.c_str(), nullptr, nullptr), g_free);
  return path ? path.get() : "";
}

std::string page_of(const std::string& address) {
  const auto begin = address.find("://") + 3;
  std::string rest = address.substr(begin, address.find('?') - begin);
  // An address in brackets has colons of its own.
  const auto bracket = rest[0] == '[' ? rest.find(']') : 0;
  const auto end = rest.find_first_of(":/", bracket);
  const std::string host = rest.substr(0, end);
  if (end != std::string::npos && (host == "@" || host == "0.0.0.0" || host == "[::]"))
    rest = g_get_host_name() + rest.substr(end);
  return (scheme_of(address) == "webrtcs" ? "https://" : "http://") + rest;
}

void check_files(const std::string& input, const std::vector<Written>& written) {
  const std::string read = file_of(input);
  for (auto one = written.begin(); one != written.end(); ++one) {
    const std::string path = file_of(one->address);
    if (path.empty()) continue;
    if (!read.empty() && overwrites(path, read))
      throw std::runtime_error(one->what + " " + one->address + " would overwrite the input " +
                               input + ": write to another file");
    for (auto other = written.begin(); other != one; ++other) {
      const std::string earlier = file_of(other->address);
      if (!earlier.empty() && is_same_file(path, earlier))
        throw std::runtime_error(other->what + " " + other->address + " and " + one->what + " " +
                                 one->address + " are the same file");
    }
  }
}
