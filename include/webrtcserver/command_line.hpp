// SPDX-License-Identifier: LGPL-2.1-or-later
// command_line.hpp — the command line of a program that reads and writes video, as video-viewer has
// it: program [options] <input> [output …].
#pragma once

#include <webrtcserver/detail/owned.hpp>
#include <webrtcserver/options.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace webrtcserver {
inline namespace v1 {

/// What stood on the command line. The options are those of VideoOptions: --input-width=1280 or
/// --input-width 1280, --output-codec, --headless, --ice-server … (usage() lists them all).
///
///     const auto line = webrtcserver::CommandLine::parse(argc, argv);
///     if (line.help) { std::cout << line.usage(); return 0; }
///     auto source = webrtcserver::VideoSource::create(line.input, line.options);
class CommandLine {
 public:
  /// An option of the application's own, always with a value: {"model", "FILE", "the network"} is
  /// --model=FILE.
  struct Flag {
    std::string name;
    std::string value;  ///< what stands for the value in usage()
    std::string help;
  };

  VideoOptions options;
  std::string program;               ///< argv[0], without its folders
  std::string input;                 ///< the first argument; empty: none was given
  std::vector<std::string> outputs;  ///< the others
  /// Of the application's own flags: name without dashes → value. The last counts.
  std::map<std::string, std::string> values;
  /// --help or -h stood there; nothing else was read.
  bool help = false;

  /// @throws Error, which names it, for a flag that there is not, a value that is out of range, or
  /// one
  ///   that is missing
  static CommandLine parse(int argc, const char* const* argv, std::vector<Flag> flags = {}) {
    CommandLine line;
    line.flags_ = std::move(flags);
    std::vector<std::string> arguments(argv, argv + std::max(argc, 0));
    if (!arguments.empty()) {
      // All of it where there is no separator.
      line.program = arguments[0].substr(arguments[0].rfind(G_DIR_SEPARATOR) + 1);
    }
    line.help = asks_for_help(arguments);
    if (line.help) return line;
    line.take_own(arguments);

    detail::initialise();
    const detail::NativeOptions native(gst_webrtc_server_video_options_new());
    gchar** rest = g_new0(gchar*, arguments.size() + 1);
    for (std::size_t i = 0; i < arguments.size(); ++i) rest[i] = g_strdup(arguments[i].c_str());
    GError* error = nullptr;
    const bool parsed = gst_webrtc_server_video_options_parse(native.get(), &rest, &error) != FALSE;
    const detail::Strings freed(rest);
    if (!parsed) detail::throw_error(error);
    line.options = detail::from_native(native.get());
    // The program's name stays where it was.
    for (gchar** word = rest && *rest ? rest + 1 : nullptr; word && *word; ++word) {
      if (line.input.empty()) {
        line.input = *word;
      } else {
        line.outputs.emplace_back(*word);
      }
    }
    return line;
  }

  /// The text for --help: how the program is called, the flags of VideoOptions, and its own.
  std::string usage() const {
    detail::initialise();
    const detail::NativeOptions native(gst_webrtc_server_video_options_new());
    GOptionGroup* group = gst_webrtc_server_video_options_get_option_group(native.get());
    // Only described: parse() takes them.
    std::vector<gchar*> ignored(flags_.size(), nullptr);
    std::vector<GOptionEntry> entries;
    for (std::size_t i = 0; i < flags_.size(); ++i) {
      entries.push_back({flags_[i].name.c_str(), 0, 0, G_OPTION_ARG_STRING, &ignored[i],
                         flags_[i].help.c_str(), flags_[i].value.c_str()});
    }
    entries.push_back({nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr});
    g_option_group_add_entries(group, entries.data());
    GOptionContext* context = g_option_context_new(nullptr);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_main_group(context, group);
    const detail::Text list(g_option_context_get_help(context, TRUE, nullptr));
    g_option_context_free(context);
    // GLib's first lines would name the program that runs, and no input.
    const std::string text = list.get();
    const std::size_t start = text.find("\n\n");
    return "Usage: " + (program.empty() ? std::string("program") : program) +
           " [options] <input> [output …]\n" +
           (start == std::string::npos ? "" : text.substr(start + 1));
  }

 private:
  static bool asks_for_help(const std::vector<std::string>& arguments) {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      if (arguments[i] == "--") return false;
      if (arguments[i] == "--help" || arguments[i] == "-h") return true;
    }
    return false;
  }

  // Takes the application's own flags out of `arguments`, up to "--".
  void take_own(std::vector<std::string>& arguments) {
    for (std::size_t i = 1; i < arguments.size() && arguments[i] != "--";) {
      const std::string word = arguments[i];
      const std::size_t equals = word.find('=');
      const std::string name = word.substr(0, 2) == "--" ? word.substr(2, equals - 2) : "";
      const bool known = std::any_of(flags_.begin(), flags_.end(),
                                     [&](const Flag& flag) { return flag.name == name; });
      if (name.empty() || !known) {
        ++i;
        continue;
      }
      const bool inside = equals != std::string::npos;
      if (!inside && i + 1 == arguments.size())
        throw Error(ErrorCode::kFailed, "--" + name + " needs a value.");
      values[name] = inside ? word.substr(equals + 1) : arguments[i + 1];
      const auto first = arguments.begin() + static_cast<std::ptrdiff_t>(i);
      arguments.erase(first, first + (inside ? 1 : 2));
    }
  }

  std::vector<Flag> flags_;
};

}  // namespace v1
}  // namespace webrtcserver
