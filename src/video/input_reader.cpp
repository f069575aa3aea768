// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/input_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "codec/codec.hpp"
#include "net/uri_text.hpp"
#include "video/camera.hpp"
#include "video/image_reader.hpp"
#include "video/network_settings.hpp"
#include "video/rtp_reader.hpp"

namespace webrtcserver {

namespace {

using Make = InputReader (*)(const Location& input, const VideoOptions& options);

InputReader one(const Ref<GstElement>& element) {
  return {element, element};
}

InputReader read_test(const Location& input, const VideoOptions& options) {
  const auto element = make_input_element("videotestsrc");
  g_object_set(element.get(), "is-live", TRUE, nullptr);
  if (!input.path.empty())
    gst_util_set_object_arg(G_OBJECT(element.get()), "pattern", input.path.c_str());
  const auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty_simple("video/x-raw"));
  // It would take the most bits that it has.
  if (options.format.empty())
    gst_caps_set_simple(caps.get(), "format", G_TYPE_STRING, "I420", nullptr);
  add_size(caps.get(), options);
  return reader_of({element, make_caps_filter(caps)});
}

// filesrc would wait within open() and read() for who writes, and could not be stopped. Opened so,
// nobody is waited for, and fdsrc waits where it can be woken.
InputReader read_pipe(const Location& input) {
  const auto element = make_input_element("fdsrc");
  const int fd = open(input.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    throw Error(ErrorCode::kFailed, "The pipe " + quote(input.path) +
                                        " cannot be opened: " + std::strerror(errno) + ".");
  }
  g_object_set_data_full(G_OBJECT(element.get()), "pipe", GINT_TO_POINTER(fd),
                         [](gpointer data) { close(GPOINTER_TO_INT(data)); });
  g_object_set(element.get(), "fd", fd, nullptr);
  return one(element);
}

InputReader read_file(const Location& input, const VideoOptions& /*options*/) {
  if (is_pipe(input)) return read_pipe(input);
  const auto element = make_input_element("filesrc");
  g_object_set(element.get(), "location", input.path.c_str(), nullptr);
  return one(element);
}

InputReader read_images(const Location& input, const VideoOptions& options) {
  return one(make_image_reader(input.path, options.input_rate));
}

InputReader read_http(const Location& input, const VideoOptions& /*options*/) {
  const auto element = make_input_element("urisourcebin");
  g_object_set(element.get(), "uri", input.text.c_str(), nullptr);
  return one(element);
}

InputReader read_screen(const Location& input, const VideoOptions& /*options*/) {
  const auto element = make_input_element("ximagesrc");
  g_object_set(element.get(), "use-damage", FALSE, "show-pointer", TRUE, nullptr);
  if (!input.path.empty())
    g_object_set(element.get(), "display-name", (":" + input.path).c_str(), nullptr);
  return one(element);
}

InputReader read_webrtc(const Location& input, const VideoOptions& options) {
  // By the name that is ours alone: gst-plugins-rs has a webrtcsrc too.
  const auto element = make_input_element("webrtcserversrc");
  // The options are set ahead of the address, in which others may stand.
  if (options.input_latency >= 0)
    g_object_set(element.get(), "latency", static_cast<guint>(options.input_latency), nullptr);
  // What is saved cannot change its codec half way.
  const Codec* codec = find_codec(
      options.input_codec.empty() && !options.input_save.empty() ? "H264" : options.input_codec);
  if (codec) {
    gst_util_set_object_arg(G_OBJECT(element.get()), "video-codecs",
                            (std::string("<") + codec->name + ">").c_str());
  }
  apply_network_settings(element.get(), options);
  g_object_set(element.get(), "uri", input.text.c_str(), nullptr);
  return one(element);
}

struct Row {
  LocationKind kind;
  Make make;
  InputTraits traits;
};

//                                               live   chooses shows_late repeats scales
constexpr std::array kRows{
    Row{LocationKind::kFile, read_file, {false, false, true, true, false}},
    Row{LocationKind::kImageSequence, read_images, {false, false, true, true, false}},
    Row{LocationKind::kCamera, read_camera, {true, false, false, false, true}},
    Row{LocationKind::kCsiCamera, read_csi_camera, {true, false, true, false, true}},
    Row{LocationKind::kScreen, read_screen, {true, false, true, false, false}},
    Row{LocationKind::kTest, read_test, {true, false, false, false, true}},
    Row{LocationKind::kRtsp, read_rtsp, {true, false, true, false, false}},
    Row{LocationKind::kRtp, read_rtp, {true, false, false, false, false}},
    Row{LocationKind::kWebrtc, read_webrtc, {true, true, false, false, false}},
    Row{LocationKind::kWhep, read_webrtc, {true, true, false, false, false}},
    Row{LocationKind::kHttp, read_http, {false, false, true, true, false}},
};

const Row& row_of(LocationKind kind) {
  const auto* const found =
      std::find_if(kRows.begin(), kRows.end(), [kind](const Row& row) { return row.kind == kind; });
  if (found == kRows.end()) throw Error(ErrorCode::kInvalidUri, "This address is no input.");
  return *found;
}

}  // namespace

bool is_pipe(const Location& input) {
  struct stat status {};
  return input.kind == LocationKind::kFile && stat(input.path.c_str(), &status) == 0 &&
         S_ISFIFO(status.st_mode);
}

const InputTraits& traits_of(LocationKind input) {
  return row_of(input).traits;
}

InputReader make_reader(const Location& input, const VideoOptions& options) {
  return row_of(input.kind).make(input, options);
}

void add_size(GstCaps* caps, const VideoOptions& options) {
  if (options.input_width)
    gst_caps_set_simple(caps, "width", G_TYPE_INT, static_cast<int>(options.input_width), nullptr);
  if (options.input_height) {
    gst_caps_set_simple(caps, "height", G_TYPE_INT, static_cast<int>(options.input_height),
                        nullptr);
  }
  if (options.input_width || options.input_height)
    gst_caps_set_simple(caps, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, nullptr);
  if (options.input_rate > 0) {
    int numerator = 0;
    int denominator = 1;
    gst_util_double_to_fraction(options.input_rate, &numerator, &denominator);
    gst_caps_set_simple(caps, "framerate", GST_TYPE_FRACTION, numerator, denominator, nullptr);
  }
}

InputReader reader_of(std::initializer_list<Ref<GstElement>> elements) {
  auto bin = Ref<GstElement>::sink(gst_bin_new(nullptr));
  GstElement* last = nullptr;
  for (const auto& element : elements) {
    gst_bin_add(GST_BIN(bin.get()), element.get());
    if (last && !gst_element_link(last, element.get()))
      throw Error(ErrorCode::kFailed, "The elements that read the input do not fit together.");
    last = element.get();
  }
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(last, "src"));
  gst_element_add_pad(bin.get(), gst_ghost_pad_new("src", pad.get()));
  return {bin, *elements.begin()};
}

Ref<GstElement> make_caps_filter(const Ref<GstCaps>& caps) {
  auto filter = make_input_element("capsfilter");
  g_object_set(filter.get(), "caps", caps.get(), nullptr);
  return filter;
}

Ref<GstElement> make_input_element(const char* factory) {
  auto element = Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr));
  if (!element) {
    throw Error(ErrorCode::kFailed,
                "The GStreamer element " + quote(factory) +
                    " is needed and not there; install the plugin that has it.");
  }
  return element;
}

}  // namespace webrtcserver
