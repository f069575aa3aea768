// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/router.hpp"

#include <glib.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"

namespace webrtcserver {

std::optional<std::vector<std::string>> split_path(std::string_view path) {
  if (path.empty() || path.front() != '/') return {};
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    const Owned<gchar> decoded(g_uri_unescape_segment(path.data(), path.data() + end, "/"));
    if (!decoded || !g_utf8_validate(decoded.get(), -1, nullptr)) return {};
    segments.emplace_back(decoded.get());
    path.remove_prefix(end);
  }
  return segments;
}

std::string Router::Route::allowed() const {
  std::vector<std::string> names;
  for (const auto& [method, handler] : methods) names.push_back(method);
  if (events || web_socket) names.emplace_back("GET");
  if (events || methods.count("GET") > 0) names.emplace_back("HEAD");
  names.emplace_back("OPTIONS");
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Router::Pattern Router::parse(const std::string& pattern) {
  const auto wrong = [&](const char* what) {
    throw Error(ErrorCode::kFailed, "The route “" + pattern + "” " + what + ".");
  };
  if (pattern.empty() || pattern.front() != '/') wrong("does not begin with a slash");
  Pattern segments;
  std::string_view rest = pattern;
  while (!rest.empty()) {
    if (!segments.empty() && segments.back().kind == Segment::Kind::kRest)
      wrong("goes on after {…...}");
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find('/'), rest.size());
    std::string text(rest.substr(0, end));
    rest.remove_prefix(end);
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') {
      segments.push_back({Segment::Kind::kLiteral, text});
      continue;
    }
    text = text.substr(1, text.size() - 2);
    const bool many = text.size() > 3 && text.substr(text.size() - 3) == "...";
    if (many) text.resize(text.size() - 3);
    segments.push_back({many ? Segment::Kind::kRest : Segment::Kind::kCapture, text});
  }
  return segments;
}

std::string Router::shape(const std::string& pattern) {
  const auto wrong = [&](const char* what) {
    throw Error(ErrorCode::kFailed, "The route “" + pattern + "” " + what + ".");
  };
  std::string shape;
  std::set<std::string> names;
  for (const Segment& segment : parse(pattern)) {
    const bool literal = segment.kind == Segment::Kind::kLiteral;
    if (literal && segment.text.find_first_of("{}") != std::string::npos)
      wrong("has a brace inside of a segment, which is {name} as a whole");
    if (!literal && segment.text.empty()) wrong("has a capture without a name");
    if (!literal && !names.insert(segment.text).second) wrong("has two captures of one name");
    shape += "/" + (literal                                ? segment.text
                    : segment.kind == Segment::Kind::kRest ? std::string("{...}")
                                                           : std::string("{}"));
  }
  return shape;
}

bool Router::precedes(const Pattern& left, const Pattern& right) {
  return std::lexicographical_compare(
      left.begin(), left.end(), right.begin(), right.end(),
      [](const Segment& a, const Segment& b) { return a.kind < b.kind; });
}

Router::Route& Router::at(const std::string& pattern) {
  const auto found = entries_.find(pattern);
  if (found != entries_.end()) return found->second.route;
  return entries_.emplace(pattern, Entry{parse(pattern), {}}).first->second.route;
}

void Router::remove(const std::string& pattern) {
  entries_.erase(pattern);
}

std::optional<Router::Match> Router::match(std::string_view path) const {
  const auto segments = split_path(path);
  if (!segments) return {};
  const Entry* best = nullptr;
  const std::string* best_text = nullptr;
  std::map<std::string, std::string> best_captures;
  for (const auto& [text, entry] : entries_) {
    std::map<std::string, std::string> captures;
    std::size_t at = 0;
    bool fits = true;
    for (const Segment& segment : entry.pattern) {
      if (at == segments->size()) {
        fits = false;
        break;
      }
      std::string value = (*segments)[at++];
      if (segment.kind == Segment::Kind::kLiteral) {
        fits = value == segment.text;
      } else {
        for (; segment.kind == Segment::Kind::kRest && at < segments->size(); ++at)
          value += "/" + (*segments)[at];
        fits = !value.empty();
        captures[segment.text] = value;
      }
      if (!fits) break;
    }
    if (!fits || at != segments->size() || (best && !precedes(entry.pattern, best->pattern)))
      continue;
    best = &entry;
    best_text = &text;
    best_captures = std::move(captures);
  }
  if (!best) return {};
  return Match{&best->route, best_text, std::move(best_captures)};
}

}  // namespace webrtcserver
