// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/uri_text.hpp"

#include <glib.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxShown = 80;  // bytes of a wrong part that an error message quotes

// How many bytes of a character of UTF-8 begin `text`; zero: none that can be shown.
std::size_t printable(std::string_view text) {
  const gunichar c = g_utf8_get_char_validated(text.data(), static_cast<gssize>(text.size()));
  if (c >= static_cast<gunichar>(-2) || !g_unichar_isprint(c)) return 0;
  return static_cast<std::size_t>(g_unichar_to_utf8(c, nullptr));
}

bool is_secret(std::string_view option) {
  const auto ends_with = [option](std::string_view end) {
    return option.size() >= end.size() && option.substr(option.size() - end.size()) == end;
  };
  return ends_with("token") || ends_with("secret") || ends_with("password") ||
         option.substr(0, 11) == "turn-server";
}

}  // namespace

std::string quote(std::string_view text) {
  std::string result = "“";
  std::size_t shown = 0;
  while (shown < text.size() && shown < kMaxShown) {
    if (const std::size_t length = printable(text.substr(shown))) {
      result += text.substr(shown, length);
      shown += length;
      continue;
    }
    std::array<char, 8> escaped{};
    g_snprintf(escaped.data(), escaped.size(), "\\x%02x",
               static_cast<unsigned>(static_cast<unsigned char>(text[shown])));
    result += escaped.data();
    ++shown;
  }
  if (text.size() > shown) result += "…";
  return result + "”";
}

std::string without_secrets(std::string_view address) {
  std::string result;
  const auto question = std::min(address.find('?'), address.size());
  std::string_view place = address.substr(0, question);
  if (const auto scheme = place.find("://"); scheme != std::string_view::npos) {
    result = place.substr(0, scheme + 3);
    place.remove_prefix(scheme + 3);
    // "@:8554" is every interface of this machine, and nobody's name.
    const auto at = place.substr(0, place.find('/')).rfind('@');
    if (at != std::string_view::npos && at > 0) {
      result += "…";
      place.remove_prefix(at);
    }
  }
  result += place;
  std::string_view options = address.substr(question);
  while (!options.empty()) {
    result += options.front();  // '?' or '&'
    options.remove_prefix(1);
    const std::string_view option = options.substr(0, options.find('&'));
    const auto equals = std::min(option.find('='), option.size());
    if (equals < option.size() && is_secret(option.substr(0, equals))) {
      result += std::string(option.substr(0, equals)) + "=…";
    } else {
      result += option;
    }
    options.remove_prefix(option.size());
  }
  return result;
}

namespace {

// For messages: the option, or its name where its value is secret.
std::string quote_option(std::string_view option) {
  return quote(without_secrets("?" + std::string(option)).substr(1));
}

}  // namespace

std::string decode_option(std::string_view text, std::string_view option) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2])) {
      throw Error(ErrorCode::kInvalidUri,
                  "The option " + quote_option(option) +
                      " has a % that is not followed by two hexadecimal digits; write % as %25.");
    }
    result += static_cast<char>(g_ascii_xdigit_value(text[i + 1]) * 16 +
                                g_ascii_xdigit_value(text[i + 2]));
    i += 2;
  }
  // Validation stops at a null byte, so that is refused too.
  if (!g_utf8_validate(result.data(), static_cast<gssize>(result.size()), nullptr)) {
    throw Error(ErrorCode::kInvalidUri,
                "The option " + quote_option(option) + " is not valid UTF-8 once decoded.");
  }
  return result;
}

}  // namespace webrtcserver
