// SPDX-License-Identifier: LGPL-2.1-or-later
// options.hpp — how a video is to be read and written; the same for every kind of address.
#pragma once

#include <gst/webrtcserver/video_options.h>
#include <webrtcserver/detail/owned.hpp>
#include <webrtcserver/detail/properties.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace webrtcserver {
inline namespace v1 {

/// Zero and empty: as it comes. Each field is the option of the command line of the same name, with
/// dashes, and of GstWebRTCServerVideoOptions. In C++20:
/// `VideoSource::create("/dev/video0", {.input_width = 1280, .input_height = 720})`.
struct VideoOptions {
  // ---- Of the input

  /// Pixels. A camera is asked for them; of what cannot choose, the picture is scaled.
  unsigned input_width = 0;
  unsigned input_height = 0;
  /// Frames per second; as above.
  double input_rate = 0;
  /// "h264", "h265", "vp8", "vp9", "av1"; of a camera also "mjpeg" and "raw".
  std::string input_codec;
  /// GStreamer's element that decodes, "avdec_h264"; empty: the best that is installed.
  std::string input_decoder;
  /// How the picture is turned: "90r", "90l", "180", "horiz", "vert", "ul-lr", "ur-ll".
  std::string input_flip;
  /// How often a file is played again; -1: for ever.
  int input_loop = 0;
  /// File that what is read goes to as well, as it is encoded: .mp4, .mkv …
  std::string input_save;
  /// Milliseconds of jitter buffer, of what comes by RTP; -1: the element's own default.
  int input_latency = -1;
  /// Of the images: "RGB", "BGR", "RGBA", "NV12", …, to_string(PixelFormat::kBgr); empty: as
  /// decoded.
  std::string format;
  /// Images as they are encoded, where the input has them so: Image::is_encoded().
  bool encoded = false;
  /// The source ends after so many images; 0: never.
  std::uint64_t num_frames = 0;

  // ---- Of the output

  /// "h264", "h265", "vp8", "vp9", "av1", "mjpeg"; empty: what the target takes.
  std::string output_codec;
  /// GStreamer's element that encodes, "x264enc"; empty: the best that is installed.
  std::string output_encoder;
  /// File that what is written goes to as well: .mp4, .mkv …
  std::string output_save;
  /// Bits per second; 0: the target's default.
  unsigned output_bitrate = 0;
  /// No window is opened: display:// is left out.
  bool headless = false;
  /// A full queue makes render() wait, so that no image is lost, where all targets are files; else
  /// the oldest image goes. For a source that is not live.
  bool wait = false;

  // ---- Of the network, for the kinds of address that know them

  /// "stun://host:port".
  std::string stun_server;
  /// "turn://user:password@host:port" each.
  std::vector<std::string> turn_servers;
  /// In Holoscan's form: "turn:host:port[user:password]".
  std::vector<std::string> ice_servers;
  /// PEM files. Empty: those of the environment's SSL_CERT and SSL_KEY, if any.
  std::string ssl_certificate;
  std::string ssl_key;
};

namespace detail {

// The one list of the fields: `visit(property, field)` for each.
template <typename Visit>
void for_each_option(Visit&& visit) {
  visit("input-width", &VideoOptions::input_width);
  visit("input-height", &VideoOptions::input_height);
  visit("input-rate", &VideoOptions::input_rate);
  visit("input-codec", &VideoOptions::input_codec);
  visit("input-decoder", &VideoOptions::input_decoder);
  visit("input-flip", &VideoOptions::input_flip);
  visit("input-loop", &VideoOptions::input_loop);
  visit("input-save", &VideoOptions::input_save);
  visit("input-latency", &VideoOptions::input_latency);
  visit("format", &VideoOptions::format);
  visit("encoded", &VideoOptions::encoded);
  visit("num-frames", &VideoOptions::num_frames);
  visit("output-codec", &VideoOptions::output_codec);
  visit("output-encoder", &VideoOptions::output_encoder);
  visit("output-save", &VideoOptions::output_save);
  visit("output-bitrate", &VideoOptions::output_bitrate);
  visit("headless", &VideoOptions::headless);
  visit("wait", &VideoOptions::wait);
  visit("stun-server", &VideoOptions::stun_server);
  visit("turn-servers", &VideoOptions::turn_servers);
  visit("ice-servers", &VideoOptions::ice_servers);
  visit("ssl-certificate", &VideoOptions::ssl_certificate);
  visit("ssl-key", &VideoOptions::ssl_key);
}

using NativeOptions = Object<GstWebRTCServerVideoOptions>;

// Throws Error, which names the option, where a value is out of range.
inline NativeOptions to_native(const VideoOptions& options) {
  initialise();
  NativeOptions native(gst_webrtc_server_video_options_new());
  const VideoOptions defaults;
  for_each_option([&](const char* name, auto field) {
    // What is as it was made stays unset: its default may come from the environment.
    if (options.*field != defaults.*field)
      set_property(G_OBJECT(native.get()), name, options.*field);
  });
  return native;
}

inline VideoOptions from_native(GstWebRTCServerVideoOptions* native) {
  VideoOptions options;
  for_each_option(
      [&](const char* name, auto field) { get_property(G_OBJECT(native), name, options.*field); });
  return options;
}

}  // namespace detail
}  // namespace v1
}  // namespace webrtcserver
