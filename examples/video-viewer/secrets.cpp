// SPDX-License-Identifier: LGPL-2.1-or-later
#include "secrets.hpp"

#include <regex>

std::string without_secrets(const std::string& sentence) {
  // Up to the last "@" of the authority: some passwords have one.
  static const std::regex password("(://[^/\\s:@]*:)[^/\\s]*@");
  static const std::regex token("([?&](auth-token|token|turn-secret)=)[^&\\s]*");
  const std::string rest = std::regex_replace(sentence, password, "$1...@");
  return std::regex_replace(rest, token, "$1...");
}
