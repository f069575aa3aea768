// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/stream_uri.hpp"

#include <arpa/inet.h>
#include <glib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "net/uri_text.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxUri = 8192;      // bytes; longer is a mistake, not an address
constexpr std::size_t kMaxHostName = 253;  // RFC 1035, section 2.3.4
constexpr std::size_t kMaxHostLabel = 63;

// First segments of the paths that the server itself serves, and what URL parsers remove.
constexpr std::array<std::string_view, 9> kReservedNames = {
    ".",       "..",      "api",        "assets", "webrtc-client", "webrtc-client.js",
    "healthz", "metrics", "favicon.ico"};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_unreserved(char c) {  // RFC 3986, section 2.3
  return is_letter_or_digit(c) || c == '.' || c == '_' || c == '~' || c == '-';
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = g_ascii_tolower(c);
  return result;
}

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::kInvalidUri, message);
}

bool parse_scheme(std::string_view scheme) {
  const std::string name = lower(scheme);
  if (name == "webrtc") return false;
  if (name == "webrtcs") return true;
  if (name == "whip" || name == "whips" || name == "whep" || name == "wheps") {
    fail("The scheme " + quote(scheme) +
         " is for a server elsewhere; whip:// and whips:// go to webrtcsink, whep:// and wheps:// "
         "to webrtcsrc.");
  }
  fail("The scheme is " + quote(scheme) + "; use webrtc:// or webrtcs://.");
}

std::uint16_t parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || port > 65535) {
    fail("The port is " + quote(text) +
         "; use 1 to 65535, 0 to let the kernel choose, or leave it out for " +
         std::to_string(StreamUri::kDefaultPort) + ".");
  }
  return static_cast<std::uint16_t>(port);
}

template <typename Address>
std::string canonical(int family, const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, &address, text.data(), text.size());
  return text.data();
}

std::string parse_ipv6(std::string_view text) {
  in6_addr address{};
  if (text.find('%') != std::string_view::npos) {
    fail("The interface is " + quote(text) +
         "; an address with a zone cannot be used, [::] listens on every address.");
  }
  if (inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1) {
    fail("The interface is " + quote(text) +
         "; what stands in brackets must be an IPv6 address, e.g. [::1].");
  }
  return canonical(AF_INET6, address);
}

bool is_host_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxHostLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '_';
         });
}

std::string parse_host(std::string_view text) {
  if (text == "@") return "0.0.0.0";
  const auto wrong = [&]() {
    fail("The interface is " + quote(text) +
         "; use @ for every IPv4 address, [::] for every address, an IPv4 address, an IPv6 address "
         "in "
         "brackets, localhost or a host name.");
  };
  if (text.empty() || text.size() > kMaxHostName) wrong();
  std::string_view rest = text;
  std::string_view label;
  while (true) {
    const std::size_t dot = rest.find('.');
    label = rest.substr(0, dot);
    if (!is_host_label(label)) wrong();
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  // As in the URL standard, a name that ends in a number is an IPv4 address or nothing.
  if (std::all_of(label.begin(), label.end(), is_digit)) {
    in_addr address{};
    if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) wrong();
    return canonical(AF_INET, address);
  }
  return lower(text);
}

Endpoint parse_authority(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool wildcard = text == "@" || text.substr(0, 2) == "@:";
  if (at != std::string_view::npos && (!wildcard || text.find('@', 1) != std::string_view::npos)) {
    fail("The address has a user name or password in it (before @); they are not used here.");
  }
  Endpoint endpoint;
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) {
      fail("The interface is " + quote(text) + "; the closing bracket is missing.");
    }
    endpoint.interface = parse_ipv6(text.substr(1, bracket - 1));
    port = text.substr(bracket + 1);
    if (!port.empty() && port.front() != ':') {
      fail("The interface is " + quote(text) +
           "; only a colon and the port may follow the brackets.");
    }
  } else {
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
      fail("The interface is " + quote(text) + "; an IPv6 address stands in brackets, e.g. [::1].");
    }
    endpoint.interface = parse_host(text.substr(0, colon));
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  endpoint.port = port.empty() ? StreamUri::kDefaultPort : parse_port(port.substr(1));
  return endpoint;
}

std::vector<std::pair<std::string, std::string>> parse_options(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> options;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view option = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t equals = option.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      fail("The option " + quote(option) + " is not of the form name=value.");
    }
    std::string name = decode_option(option.substr(0, equals), option);
    if (!std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; })) {
      fail("The option name " + quote(name) +
           " has characters other than letters, digits, - and _.");
    }
    if (std::any_of(options.begin(), options.end(),
                    [&](const auto& other) { return other.first == name; })) {
      fail("The option " + quote(name) + " is given twice.");
    }
    options.emplace_back(std::move(name), decode_option(option.substr(equals + 1), option));
  }
  return options;
}

std::string encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    // Besides the unreserved ones, what a query may hold and people like to read in one.
    if (is_unreserved(c) || c == ':' || c == '/' || c == ',' || c == '@') {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return result;
}

// Nothing for a good name, else the sentence that says what is wrong.
std::optional<std::string> stream_name_error(std::string_view name) {
  if (name.empty()) {
    return "The stream name is missing; end the address with one, e.g. webrtc://@:8554/output.";
  }
  if (name.size() > StreamUri::kMaxStreamName) {
    return "The stream name " + quote(name) + " has " + std::to_string(name.size()) +
           " characters; at most " + std::to_string(StreamUri::kMaxStreamName) + " are allowed.";
  }
  if (!std::all_of(name.begin(), name.end(), is_unreserved)) {
    return "The stream name is " + quote(name) +
           "; use letters, digits, dot, underscore, tilde and hyphen only.";
  }
  if (is_reserved_name(name)) {
    return "The stream name " + quote(name) +
           " is reserved for the server's own pages; choose another.";
  }
  return {};
}

}  // namespace

std::string Endpoint::text() const {
  std::string host = interface;
  if (host == "0.0.0.0") {
    host = "@";
  } else if (host.find(':') != std::string::npos) {
    host = "[" + host + "]";
  }
  return host + ":" + std::to_string(port);
}

StreamUri StreamUri::parse(std::string_view text) {
  StreamUri uri = parse_all(text);
  check_stream_name(uri.stream);
  return uri;
}

StreamUri StreamUri::parse_server(std::string_view text) {
  StreamUri uri = parse_all(text);
  if (!uri.stream.empty()) {
    fail("The address names a stream, " + quote(uri.stream) +
         "; a server has none: write it as webrtc://<interface>:<port>.");
  }
  return uri;
}

StreamUri StreamUri::parse_all(std::string_view text) {
  if (text.size() > kMaxUri) {
    fail("The address has " + std::to_string(text.size()) + " characters; at most " +
         std::to_string(kMaxUri) + " are allowed.");
  }
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    fail("The address is " + quote(text) + "; write it as webrtc://<interface>:<port>/<stream>.");
  }
  StreamUri uri;
  uri.secure = parse_scheme(text.substr(0, scheme_end));
  text.remove_prefix(scheme_end + 3);

  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    fail("The address has a fragment, " + quote(text.substr(hash)) +
         "; nothing may follow the stream and its options.");
  }
  std::string_view options;
  if (const std::size_t question = text.find('?'); question != std::string_view::npos) {
    options = text.substr(question + 1);
    text = text.substr(0, question);
  }
  const std::size_t slash = text.find('/');
  uri.endpoint = parse_authority(text.substr(0, slash));
  if (slash != std::string_view::npos) uri.stream = text.substr(slash + 1);
  uri.options = parse_options(options);
  return uri;
}

std::string StreamUri::text() const {
  std::string result = (secure ? "webrtcs://" : "webrtc://") + endpoint.text();
  if (!stream.empty()) result += "/" + stream;
  char separator = '?';
  for (const auto& [name, value] : options) {
    result += separator + name + "=" + encode(value);
    separator = '&';
  }
  return result;
}

void check_stream_name(std::string_view name) {
  if (const auto error = stream_name_error(name)) fail(*error);
}

bool is_reserved_name(std::string_view name) {
  return std::find(kReservedNames.begin(), kReservedNames.end(), name) != kReservedNames.end();
}

bool is_stream_name(std::string_view name) {
  return !stream_name_error(name);
}

}  // namespace webrtcserver
