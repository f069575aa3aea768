// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "net/uri_text.hpp"
#include "video/image_pattern.hpp"
#include "video/input_reader.hpp"
#include "video/network_settings.hpp"
#include "video/option_table.hpp"

namespace webrtcserver {

namespace {

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::kFailed, message);
}

void check_file(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0)
    fail("The file " + quote(path) + " cannot be read: " + std::strerror(errno) + ".");
  if (S_ISDIR(status.st_mode)) fail(quote(path) + " is a folder.");
  if (access(path.c_str(), R_OK) != 0)
    fail("The file " + quote(path) + " cannot be read: " + std::strerror(errno) + ".");
  if (S_ISREG(status.st_mode) && status.st_size == 0)
    fail("The file " + quote(path) + " is empty.");
}

std::string present_cameras() {
  std::string list;
  for (int i = 0; i < 64; ++i) {
    const std::string path = "/dev/video" + std::to_string(i);
    if (access(path.c_str(), F_OK) == 0) list += (list.empty() ? "" : ", ") + path;
  }
  return list.empty() ? "there is no camera (/dev/video*)" : "there is " + list;
}

void check_camera(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) fail("There is no device " + path + "; " + present_cameras() + ".");
    fail("The device " + path + " cannot be used: " + std::strerror(errno) + ".");
  }
  if (!S_ISCHR(status.st_mode)) fail(path + " is no device.");
  if (access(path.c_str(), R_OK | W_OK) != 0) {
    fail("The device " + path + " cannot be used: " + std::strerror(errno) +
         (errno == EACCES ? "; add the user to the group that owns it, often video." : "."));
  }
}

void check_test_pattern(const std::string& name) {
  if (name.empty()) return;
  const auto element = make_input_element("videotestsrc");
  const auto* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), "pattern");
  const auto* patterns = G_PARAM_SPEC_ENUM(spec)->enum_class;
  if (g_enum_get_value_by_nick(const_cast<GEnumClass*>(patterns), name.c_str())) return;
  std::string nicks;
  for (guint i = 0; i < patterns->n_values; ++i)
    nicks += std::string(i ? ", " : "") + patterns->values[i].value_nick;
  throw Error(ErrorCode::kInvalidUri,
              "There is no test pattern " + quote(name) + "; there are " + nicks + ".");
}

void check_decoder(const std::string& name) {
  const auto factory = Ref<GstElementFactory>::adopt(gst_element_factory_find(name.c_str()));
  if (!factory) fail("The decoder " + quote(name) + " is not installed.");
  if (!gst_element_factory_list_is_type(factory.get(), GST_ELEMENT_FACTORY_TYPE_DECODER))
    fail(quote(name) + " is an element, and no decoder.");
}

// Before the output opens, and so empties, what is to be read.
void check_save(const Location& input, const std::string& save) {
  std::error_code error;
  if (!save.empty() && !input.path.empty() && std::filesystem::equivalent(input.path, save, error))
    fail("input-save is " + quote(save) + ", the very file that is read.");
}

void check_agreement(const Location& input, const VideoOptions& options) {
  const InputTraits& traits = traits_of(input.kind);
  if (options.input_loop != 0 && !traits.repeats)
    fail("input-loop is for files and images; " + quote(input.text) +
         " has no end to begin again from.");
  const bool sized = options.input_width || options.input_height || options.input_rate > 0;
  if (options.encoded &&
      ((sized && !traits.scales && input.kind != LocationKind::kImageSequence) ||
       !options.input_flip.empty() || !options.format.empty() || !options.input_decoder.empty())) {
    fail(
        "Frames that stay encoded can be neither decoded nor scaled, turned or converted: "
        "encoded goes with none of input-decoder, input-width, input-height, input-rate, "
        "input-flip and format.");
  }
}

}  // namespace

void check_input(const Location& input, const VideoOptions& options) {
  for (const VideoOption& option : video_option_table())
    check_video_option(options, option, option.property);
  check_agreement(input, options);
  check_save(input, options.input_save);
  if (!options.input_decoder.empty()) check_decoder(options.input_decoder);
  switch (input.kind) {
    case LocationKind::kFile:
      check_file(input.path);
      break;
    case LocationKind::kImageSequence:
      for (const std::string& path : find_images(input.path)) check_file(path);
      break;
    case LocationKind::kCamera:
      check_camera(input.path);
      break;
    case LocationKind::kTest:
      check_test_pattern(input.path);
      break;
    case LocationKind::kScreen:
      if (input.path.empty() && !g_getenv("DISPLAY"))
        fail(
            "There is no screen: $DISPLAY is not set; name one as screen://0, or start the program "
            "within a session of X.");
      break;
    case LocationKind::kWebrtc:
    case LocationKind::kWhep:
      check_network_settings(options);
      break;
    default:
      break;
  }
  // The elements are there, and a camera can be asked when it is opened only. Who writes into a
  // pipe would lose its reader again.
  if (input.kind != LocationKind::kCamera && !is_pipe(input)) make_reader(input, options);
}

}  // namespace webrtcserver
