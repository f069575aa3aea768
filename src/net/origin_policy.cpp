// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/origin_policy.hpp"

#include <gio/gio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = g_ascii_tolower(c);
  return result;
}

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

struct Authority {
  std::string name;  // lower case, an IPv6 address without its brackets
  std::string port;  // empty when there is none
  bool bracketed = false;
};

// Splits "name:port" or "[address]:port"; nothing when it is neither.
std::optional<Authority> split(std::string_view text) {
  Authority result;
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return {};
    result.name = lower(text.substr(1, bracket - 1));
    result.bracketed = true;
    port = text.substr(bracket + 1);
    if (!port.empty() && port.front() != ':') return {};
  } else {
    const std::size_t colon = text.find(':');
    result.name = lower(text.substr(0, colon));
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (!port.empty()) port.remove_prefix(1);
  if (port.size() > 5 ||
      !std::all_of(port.begin(), port.end(), [](char c) { return g_ascii_isdigit(c); }))
    return {};
  if (!result.bracketed && !result.name.empty() && result.name.back() == '.')
    result.name.pop_back();
  if (result.name.empty()) return {};
  if (!std::all_of(result.name.begin(), result.name.end(), [&](char c) {
        return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.' ||
               (result.bracketed && (c == ':' || c == '%'));
      })) {
    return {};
  }
  result.port = port;
  return result;
}

std::string join(const Authority& authority) {
  std::string text = authority.bracketed ? "[" + authority.name + "]" : authority.name;
  if (!authority.port.empty()) text += ":" + authority.port;
  return text;
}

struct Origin {
  std::string scheme;
  Authority authority;
};

std::optional<Origin> split_origin(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos) return {};
  const std::string scheme = lower(text.substr(0, end));
  if (scheme != "http" && scheme != "https") return {};
  auto authority = split(text.substr(end + 3));
  if (!authority) return {};
  if (authority->port == (scheme == "http" ? "80" : "443")) authority->port.clear();
  return Origin{scheme, *authority};
}

std::string normalized(std::string_view origin) {
  const auto parts = split_origin(origin);
  return parts ? parts->scheme + "://" + join(parts->authority) : lower(origin);
}

// The machine's names that need no question to a name server.
std::vector<std::string> machine_names() {
  std::array<char, 256> buffer{};
  if (gethostname(buffer.data(), buffer.size() - 1) != 0) return {};
  const std::string own = lower(buffer.data());
  std::vector<std::string> names = {own};
  // A line of /etc/hosts that has our name ("127.0.1.1 jetson.example.org jetson") has its aliases
  // too.
  std::ifstream hosts("/etc/hosts");
  for (std::string line; std::getline(hosts, line);) {
    std::istringstream words(lower(line.substr(0, line.find('#'))));
    std::string address;
    words >> address;
    std::vector<std::string> aliases;
    for (std::string alias; words >> alias;) aliases.push_back(alias);
    if (std::find(aliases.begin(), aliases.end(), own) != aliases.end()) {
      names.insert(names.end(), aliases.begin(), aliases.end());
    }
  }
  return names;
}

// True for a name that nobody can register in the public DNS.
bool is_private_name(const std::string& name) {
  constexpr std::array<std::string_view, 7> kPrivateSuffixes = {
      ".localhost", ".local", ".lan", ".home", ".internal", ".home.arpa", ".localdomain"};
  return name.find('.') == std::string::npos ||
         std::any_of(kPrivateSuffixes.begin(), kPrivateSuffixes.end(),
                     [&](std::string_view suffix) { return ends_with(name, suffix); });
}

}  // namespace

OriginPolicy::OriginPolicy(bool secure, const std::string& operator_host,
                           const std::vector<std::string>& allowed_origins)
    : secure_(secure), own_names_(machine_names()) {
  if (!operator_host.empty()) own_names_.push_back(lower(operator_host));
  for (const std::string& origin : allowed_origins) {
    if (origin == "*" || origin == "null") {
      allowed_origins_.push_back(origin);
      continue;
    }
    const auto parts = split_origin(origin);
    if (!parts) {
      throw Error(ErrorCode::kFailed,
                  "The allowed origin “" + origin +
                      "” is not of the form https://example.org[:port], and neither * nor null.");
    }
    allowed_origins_.push_back(normalized(origin));
    own_names_.push_back(parts->authority.name);
  }
}

bool OriginPolicy::allows_host(std::string_view host) const {
  const auto authority = split(host);
  if (!authority) return false;
  if (secure_ || authority->bracketed || g_hostname_is_ip_address(authority->name.c_str()))
    return true;
  return is_private_name(authority->name) ||
         std::find(own_names_.begin(), own_names_.end(), authority->name) != own_names_.end();
}

bool OriginPolicy::allows_origin(const std::optional<std::string>& origin,
                                 std::string_view host) const {
  if (!origin || lists(*origin)) return true;
  const auto parts = split_origin(*origin);
  auto target = split(host);
  if (!parts || !target) return false;
  if (target->port == (parts->scheme == "http" ? "80" : "443")) target->port.clear();
  return join(parts->authority) == join(*target);
}

bool OriginPolicy::lists(std::string_view origin) const {
  const std::string wanted = normalized(origin);
  return std::any_of(
      allowed_origins_.begin(), allowed_origins_.end(),
      [&](const std::string& allowed) { return allowed == "*" || allowed == wanted; });
}

}  // namespace webrtcserver
