// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/link_header.hpp"

#include <glib.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxHeader = 16 * 1024;  // bytes; longer is not read

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

bool is_token(char c) {  // RFC 9110, section 5.6.2, and what unquoted values hold in practice
  return g_ascii_isgraph(c) && c != ';' && c != ',' && c != '"' && c != '<' && c != '>';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    skip_spaces();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Up to the closing bracket, which is taken too.
  std::optional<std::string> target() {
    const auto end = rest_.find('>');
    if (end == std::string_view::npos) return {};
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::string name() {
    skip_spaces();
    std::string text = take_while([](char c) { return is_token(c) && c != '='; });
    std::transform(text.begin(), text.end(), text.begin(), g_ascii_tolower);
    return text;
  }

  std::optional<std::string> value() {
    skip_spaces();
    if (rest_.empty() || rest_.front() != '"') return take_while(is_token);
    rest_.remove_prefix(1);
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return {};  // the closing quote is missing
    rest_.remove_prefix(1);
    return text;
  }

  // To the next link: behind a comma that stands in no quotes.
  void skip_link() {
    bool quoted = false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (quoted && c == '\\' && !rest_.empty()) {
        rest_.remove_prefix(1);
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        return;
      }
    }
  }

 private:
  template <typename Predicate>
  std::string take_while(Predicate predicate) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), predicate);
    std::string text(rest_.begin(), end);
    rest_.remove_prefix(text.size());
    return text;
  }

  void skip_spaces() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

// One of the relations that `rel` lists.
bool is_ice_server(std::string_view rel) {
  constexpr std::string_view kRelation = "ice-server";
  while (!rel.empty()) {
    const auto space = rel.find(' ');
    const std::string word(rel.substr(0, space));
    if (g_ascii_strcasecmp(word.c_str(), kRelation.data()) == 0) return true;
    if (space == std::string_view::npos) return false;
    rel.remove_prefix(space + 1);
  }
  return false;
}

// Null for a link that is malformed. Of a parameter that stands twice, the first (RFC 8288,
// section 3.3).
std::optional<std::map<std::string, std::string>> read_parameters(Reader& reader) {
  std::map<std::string, std::string> parameters;
  while (reader.take(';')) {
    const std::string name = reader.name();
    std::string text;
    if (reader.take('=')) {
      auto value = reader.value();
      if (!value) return {};
      text = std::move(*value);
    }
    parameters.emplace(name, std::move(text));
  }
  return parameters;
}

}  // namespace

std::vector<IceServer> read_ice_links(std::string_view header) {
  std::vector<IceServer> servers;
  if (header.size() > kMaxHeader) return servers;
  Reader reader(header);
  while (!reader.at_end() && servers.size() < kMaxLinkedServers) {
    if (reader.take('<')) {
      if (const auto target = reader.target()) {
        if (const auto parameters = read_parameters(reader)) {
          const auto text = [&](const char* name) {
            const auto found = parameters->find(name);
            return found == parameters->end() ? std::string() : found->second;
          };
          // Other kinds than passwords (RFC 7635) cannot be used here.
          const std::string type = text("credential-type");
          if (is_ice_server(text("rel")) && (type.empty() || type == "password"))
            servers.push_back({*target, text("username"), text("credential")});
        }
      }
    }
    reader.skip_link();
  }
  return servers;
}

}  // namespace webrtcserver
