// SPDX-License-Identifier: LGPL-2.1-or-later
// router.hpp — from a path to what was registered for it. Server thread.
//
// A pattern is a path whose segments may be `{name}` (one segment) or, at its end, `{name...}` (one
// or more): "/api/streams", "/{stream}", "/assets/{path...}". A literal segment wins over a
// capture, and a capture of one segment over one of many.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/listener.hpp"

namespace webrtcserver {

class Router {
 public:
  struct Route {
    std::map<std::string, HttpReplyHandler> methods;
    WebSocketHandler web_socket;
    EventsHandler events;
    PublicTo public_to = PublicTo::kNobody;

    // The methods it answers, for Allow: "GET, HEAD, OPTIONS".
    std::string allowed() const;
    bool is_empty() const { return methods.empty() && !web_socket && !events; }
  };

  struct Match {
    const Route* route;
    const std::string* pattern;  // its text
    std::map<std::string, std::string> captures;
  };

  // The route of the pattern, made if it is new.
  Route& at(const std::string& pattern);
  void remove(const std::string& pattern);

  // The pattern without the names of its captures: two of one shape stand for the same paths.
  // Throws Error(kFailed) for one that is malformed, or whose captures cannot be told apart.
  static std::string shape(const std::string& pattern);

  // `path` is as it came, percent-encoded. Nothing when no pattern fits.
  std::optional<Match> match(std::string_view path) const;

 private:
  struct Segment {
    enum class Kind { kLiteral, kCapture, kRest };  // in the order of precedence
    Kind kind;
    std::string text;  // the literal, or the capture's name

    bool operator==(const Segment&) const = default;
  };
  using Pattern = std::vector<Segment>;

  static Pattern parse(const std::string& pattern);
  static bool precedes(const Pattern& left, const Pattern& right);

  struct Entry {
    Pattern pattern;
    Route route;
  };
  std::map<std::string, Entry> entries_;  // by the pattern's text
};

// The segments of a percent-encoded path, decoded; nothing when the path does not begin with a
// slash or a segment decodes to something with a slash, a null or bytes that are not UTF-8.
std::optional<std::vector<std::string>> split_path(std::string_view path);

}  // namespace webrtcserver
