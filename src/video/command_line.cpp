// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/command_line.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "net/uri_text.hpp"
#include "video/option_table.hpp"

namespace webrtcserver {

namespace {

const VideoOption* find_flag(std::string_view name) {
  const auto table = video_option_table();
  const auto found = std::find_if(table.begin(), table.end(), [name](const VideoOption& option) {
    return option.flag && name == option.flag;
  });
  return found == table.end() ? nullptr : &*found;
}

// One hyphen alone is a name by custom, and a number may be negative: neither is a flag.
bool is_flag(const std::string& argument) {
  return argument.size() > 1 && argument[0] == '-' &&
         std::string_view("0123456789.").find(argument[1]) == std::string_view::npos;
}

}  // namespace

std::vector<std::string> parse_command_line(VideoOptions& options,
                                            const std::vector<std::string>& arguments) {
  VideoOptions parsed = options;
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (i == 0 || !is_flag(argument)) {
      rest.push_back(argument);
      continue;
    }
    if (argument == "--") {
      rest.insert(rest.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  arguments.end());
      break;
    }
    const auto equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    const VideoOption* option = flag.rfind("--", 0) == 0 ? find_flag(flag.substr(2)) : nullptr;
    if (!option) throw Error(ErrorCode::kFailed, "There is no flag " + quote(flag) + ".");
    if (equals != std::string::npos) {
      set_video_option(parsed, *option, flag, argument.substr(equals + 1));
    } else if (!option->value) {
      set_video_option(parsed, *option, flag, "true");
    } else if (i + 1 < arguments.size() && !is_flag(arguments[i + 1])) {
      set_video_option(parsed, *option, flag, arguments[++i]);
    } else {
      throw Error(ErrorCode::kFailed,
                  flag + " has no value; write it as " + flag + "=" + option->value + ".");
    }
  }
  options = std::move(parsed);
  return rest;
}

}  // namespace webrtcserver
