// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice_server.hpp"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

namespace {

struct Place {
  std::string_view host;  // with the brackets of an IPv6 address
  std::string_view port;
  std::string_view query;  // without the question mark
  std::string_view rest;   // behind all of it
};

// What a host name, an address, a port and a query can be; the rest is for others to judge.
Place take_place(std::string_view text) {
  Place place;
  const auto take = [&text](std::size_t length) {
    const auto taken = text.substr(0, length);
    text.remove_prefix(taken.size());
    return taken;
  };
  const auto take_while = [&](auto&& fits) {
    return take(
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), fits) - text.begin()));
  };
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end != std::string_view::npos) place.host = take(end + 1);
  } else {
    place.host =
        take_while([](char c) { return g_ascii_isalnum(c) || c == '.' || c == '-' || c == '_'; });
  }
  if (text.starts_with(':')) {
    take(1);
    place.port = take_while([](char c) { return g_ascii_isdigit(c); });
    // A colon without a number belongs to something else.
    if (place.port.empty()) place.rest = ":";
  }
  if (place.rest.empty() && text.starts_with('?')) {
    take(1);
    place.query = take_while([](char c) { return g_ascii_isalnum(c) || c == '='; });
  }
  if (place.rest.empty()) place.rest = text;
  return place;
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view what) : text_(text), what_(what) {}

  IceServer parse() {
    take_scheme();
    Place place = take_place(text_);
    if (!place.rest.empty() && !take_brackets(place)) place = take_user(place);
    return write(place);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(ErrorCode::kInvalidUri, std::string(what_) + " " + why);
  }

  std::string form() const {
    return scheme_ == "stun" ? "stun://host:port" : scheme_ + "://user:password@host:port";
  }

  void take_scheme() {
    for (const char* scheme : {"stun", "turn", "turns"}) {
      const std::string prefix = std::string(scheme) + ":";
      if (!text_.starts_with(prefix)) continue;
      scheme_ = scheme;
      text_.remove_prefix(prefix.size());
      if (text_.starts_with("//")) text_.remove_prefix(2);
      return;
    }
    if (text_.starts_with("stuns:"))
      fail("cannot use stuns: neither browsers nor webrtcbin ask STUN over TLS; write stun://.");
    fail("must begin with stun://, turn:// or turns://.");
  }

  // "[user:password]", whatever is in it, and a query that was not there before. False for what is
  // not that.
  bool take_brackets(Place& place) {
    const auto end = place.rest.rfind(']');
    if (place.host.empty() || !place.rest.starts_with('[') || end == std::string_view::npos)
      return false;
    std::string_view behind = place.rest.substr(end + 1);
    if (!behind.empty() && (behind[0] != '?' || !place.query.empty())) return false;
    if (!behind.empty()) {
      behind.remove_prefix(1);
      if (behind.find('@') != std::string_view::npos) return false;
      place.query = behind;
    }
    const auto inside = place.rest.substr(1, end - 1);
    const auto colon = inside.find(':');
    user_ = inside.substr(0, colon);
    if (colon != std::string_view::npos) password_ = inside.substr(colon + 1);
    require_both();
    place.rest = {};
    return true;
  }

  // "user:password@" ahead of a place.
  Place take_user(const Place& plain) {
    const auto at = text_.rfind('@');
    if (at == std::string_view::npos) {
      if (plain.host.empty()) fail(no_host());
      fail("is not understood behind its host; write it as " + form() +
           ", with an IPv6 address in brackets.");
    }
    const auto user = text_.substr(0, at);
    const auto colon = user.find(':');
    user_ = decode(user.substr(0, colon));
    if (colon != std::string_view::npos) password_ = decode(user.substr(colon + 1));
    require_both();
    const Place place = take_place(text_.substr(at + 1));
    if (!place.host.empty() && !place.rest.empty())
      fail("is not understood behind its host; write it as " + form() + ".");
    return place;
  }

  std::string decode(std::string_view text) const {
    const Owned<gchar> decoded(
        g_uri_unescape_segment(text.data(), text.data() + text.size(), nullptr));
    if (!decoded)
      fail("has a user or password that is not percent-encoded; a percent sign is written %25.");
    return decoded.get();
  }

  void require_both() const {
    // They go into JSON for browsers.
    if (!g_utf8_validate(user_.c_str(), static_cast<gssize>(user_.size()), nullptr) ||
        !g_utf8_validate(password_.c_str(), static_cast<gssize>(password_.size()), nullptr))
      fail("has a user or password that is not UTF-8.");
    if (scheme_ == "stun") fail("needs no user and no password for STUN; write stun://host:port.");
    if (user_.empty() || password_.empty())
      fail("needs a user and a password, or neither: " + form() + ", percent-encoded.");
  }

  std::string no_host() const { return "names no host; write it as " + form() + "."; }

  IceServer write(const Place& place) const {
    if (place.host.empty()) fail(no_host());
    if (place.host.starts_with('[')) {
      const std::string address(place.host.substr(1, place.host.size() - 2));
      if (!g_hostname_is_ip_address(address.c_str()) || address.find(':') == std::string::npos)
        fail("has brackets around something that is not an IPv6 address.");
    }
    IceServer server{scheme_ + ":" + std::string(place.host) + ":", user_, password_};
    if (place.port.empty()) {
      server.url += scheme_ == "turns" ? "5349" : "3478";
    } else {
      unsigned port = 0;
      const auto result =
          std::from_chars(place.port.data(), place.port.data() + place.port.size(), port);
      if (result.ec != std::errc() || port == 0 || port > 65535)
        fail("has a port that is not between 1 and 65535.");
      server.url += std::to_string(port);
    }
    if (place.query.empty()) return server;
    if (scheme_ == "stun") fail("takes no ?transport= for STUN.");
    if (place.query != "transport=udp" && place.query != "transport=tcp")
      fail("takes ?transport=udp or ?transport=tcp and nothing else.");
    if (scheme_ == "turns" && place.query == "transport=udp")
      fail("cannot use turns with ?transport=udp: TLS goes over TCP.");
    server.url += "?" + std::string(place.query);
    return server;
  }

  std::string_view text_;
  const std::string_view what_;
  std::string scheme_;
  std::string user_;
  std::string password_;
};

std::string encode(const std::string& text) {
  const Owned<gchar> escaped(g_uri_escape_string(text.c_str(), nullptr, FALSE));
  return escaped.get();
}

}  // namespace

IceServer parse_ice_server(std::string_view text, std::string_view what) {
  return Parser(text, what).parse();
}

bool is_stun(const IceServer& server) {
  return server.url.starts_with("stun:");
}

bool is_turn(const IceServer& server) {
  return server.url.starts_with("turn:") || server.url.starts_with("turns:");
}

IceServerAddress address_of(const IceServer& server) {
  using Transport = IceServerAddress::Transport;
  const std::string_view url = server.url;
  const Place place = take_place(url.substr(url.find(':') + 1));
  std::string_view host = place.host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  unsigned short port = 0;
  std::from_chars(place.port.data(), place.port.data() + place.port.size(), port);
  if (url.starts_with("turns:")) return {std::string(host), port, Transport::kTls, true};
  return {std::string(host), port,
          place.query == "transport=tcp" ? Transport::kTcp : Transport::kUdp, !place.query.empty()};
}

std::string to_webrtcbin(const IceServer& server) {
  const auto colon = server.url.find(':');
  const std::string user = server.username.empty()
                               ? ""
                               : encode(server.username) + ":" + encode(server.credential) + "@";
  return server.url.substr(0, colon) + "://" + user + server.url.substr(colon + 1);
}

}  // namespace webrtcserver
