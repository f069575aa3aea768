// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/uri_text.hpp"

#include <glib.h>

#include <array>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxShown = 80;  // bytes of a wrong part that an error message quotes

}  // namespace

std::string quote(std::string_view text) {
  std::string result = "“";
  for (const char c : text.substr(0, kMaxShown)) {
    if (g_ascii_isprint(c)) {
      result += c;
    } else {
      std::array<char, 8> escaped{};
      g_snprintf(escaped.data(), escaped.size(), "\\x%02x",
                 static_cast<unsigned>(static_cast<unsigned char>(c)));
      result += escaped.data();
    }
  }
  if (text.size() > kMaxShown) result += "…";
  return result + "”";
}

std::string decode_option(std::string_view text, std::string_view option) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2])) {
      throw Error(ErrorCode::kInvalidUri,
                  "The option " + quote(option) +
                      " has a % that is not followed by two hexadecimal digits; write % as %25.");
    }
    result += static_cast<char>(g_ascii_xdigit_value(text[i + 1]) * 16 +
                                g_ascii_xdigit_value(text[i + 2]));
    i += 2;
  }
  // Validation stops at a null byte, so that is refused too.
  if (!g_utf8_validate(result.data(), static_cast<gssize>(result.size()), nullptr)) {
    throw Error(ErrorCode::kInvalidUri,
                "The option " + quote(option) + " is not valid UTF-8 once decoded.");
  }
  return result;
}

}  // namespace webrtcserver
