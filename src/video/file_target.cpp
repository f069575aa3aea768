// SPDX-License-Identifier: LGPL-2.1-or-later
// Files and pictures.
#include <glib/gstdio.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "base/error.hpp"
#include "codec/property_settings.hpp"
#include "video/targets.hpp"

namespace webrtcserver {

namespace {

namespace fs = std::filesystem;

bool is_picture(const OutputFormat& format) {
  return !format.muxer && std::string_view(format.words) != "H.264" &&
         std::string_view(format.words) != "H.265";
}

// As multifilesink wants it: one number, and no other word of printf().
std::string printf_pattern(const std::string& path) {
  std::string pattern;
  bool numbered = false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      pattern += path[i];
      continue;
    }
    std::size_t end = i + 1;
    while (end < path.size() && end < i + 3 && g_ascii_isdigit(path[end])) ++end;
    if (numbered || end >= path.size() || path[end] != 'd') {
      pattern += "%%";
      continue;
    }
    numbered = true;
    pattern += path.substr(i, end + 1 - i);
    i = end;
  }
  return pattern;
}

// Parsers give frames of a stream without a rate no duration, or one of a nanosecond, and players
// then leave the last frame out.
struct Durations {
  static constexpr GstClockTime kShortest = GST_MSECOND;

  void correct(GstPadProbeInfo* info) {
    auto* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    const GstClockTime time = GST_BUFFER_DTS_OR_PTS(buffer);
    if (GST_CLOCK_TIME_IS_VALID(time)) {
      if (GST_CLOCK_TIME_IS_VALID(last) && time > last) step = time - last;
      last = time;
    }
    if (!GST_BUFFER_DURATION_IS_VALID(buffer) || GST_BUFFER_DURATION(buffer) < kShortest)
      GST_BUFFER_DURATION(buffer) = step;
    info->data = buffer;
  }

  GstClockTime last = GST_CLOCK_TIME_NONE;
  GstClockTime step = GST_SECOND / 30;
};

void correct_durations(GstElement* parser) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(parser, "src"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad* /*pad*/, GstPadProbeInfo* info, gpointer durations) {
        static_cast<Durations*>(durations)->correct(info);
        return GST_PAD_PROBE_OK;
      },
      new Durations(), [](gpointer durations) { delete static_cast<Durations*>(durations); });
}

fs::path folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

}  // namespace

void check_file_target(const Location& location, const OutputFormat& format) {
  check_query(location, {});
  const std::string& path = location.path;
  const auto refuse = [&location](const std::string& why) {
    throw Error(ErrorCode::kFailed, "\"" + location.text + "\" cannot be written: " + why);
  };
  std::error_code ignored;
  const fs::path folder = folder_of(path);
  if (!fs::exists(folder, ignored))
    refuse("the folder " + folder.string() + " does not exist; make it first.");
  if (!fs::is_directory(folder, ignored)) refuse(folder.string() + " is no folder.");
  if (fs::is_directory(path, ignored)) refuse("it is a folder; name a file in it.");
  // Opening one of these waits for somebody to read, who may never come.
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_fifo(status) || fs::is_socket(status)) refuse("it is a pipe, and not a file.");
  if (fs::exists(status)) {
    if (g_access(path.c_str(), W_OK) != 0)
      refuse("the file is there already, and you may not write to it.");
  } else if (g_access(folder.c_str(), W_OK | X_OK) != 0) {
    refuse("you may not write to the folder " + folder.string() + ".");
  }
  if (is_picture(format)) need_element(location, "multifilesink", "gstreamer1.0-plugins-good");
}

std::shared_ptr<Target> make_file_target(const TargetRequest& request) {
  ChainTarget::Plan plan = chain_plan(request);
  plan.from_zero = true;
  plan.build = [path = request.location.path, format = request.format](ElementChain& chain,
                                                                       const OutputCodec* codec) {
    if (is_picture(*format)) {
      GstElement* sink = chain.add("multifilesink", "sink");
      g_object_set(sink, "location", printf_pattern(path).c_str(), "sync", FALSE, "async", FALSE,
                   "qos", FALSE, nullptr);
      return sink;
    }
    // Byte stream becomes what the muxer wants; the parameter sets go into its header.
    if (codec->parser) correct_durations(chain.add(codec->parser, "parser"));
    if (format->muxer) apply_settings(chain.add(format->muxer, "muxer"), format->muxer_settings);
    GstElement* sink = chain.add("filesink", "sink");
    // What is muxed is written: a program that is killed loses no more than the muxer has.
    gst_util_set_object_arg(G_OBJECT(sink), "buffer-mode", "unbuffered");
    g_object_set(sink, "location", path.c_str(), "sync", FALSE, "async", FALSE, "qos", FALSE,
                 nullptr);
    return sink;
  };
  return std::make_shared<ChainTarget>(std::move(plan), request.listener);
}

}  // namespace webrtcserver
