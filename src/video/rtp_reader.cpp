// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/rtp_reader.hpp"

#include <gio/gio.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/error.hpp"
#include "codec/codec.hpp"
#include "net/uri_text.hpp"

namespace webrtcserver {

namespace {

constexpr int kUsualPayloadType = 96;  // RFC 3551: the first dynamic one
constexpr int kMostPayloadType = 127;
constexpr int kVideoClockRate = 90000;  // Hz

std::string option_of(const Location& input, std::string_view name) {
  const auto found = std::find_if(input.query.begin(), input.query.end(),
                                  [name](const auto& option) { return option.first == name; });
  return found == input.query.end() ? "" : found->second;
}

int number_of(const Location& input, const char* name, int usual, int most) {
  const std::string text = option_of(input, name);
  if (text.empty()) return usual;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > most) {
    throw Error(ErrorCode::kInvalidUri, std::string(name) + " of " + quote(input.text) + " is " +
                                            quote(text) + "; it is a number from 0 to " +
                                            std::to_string(most) + ".");
  }
  return number;
}

// As SDP has it.
std::string encoding_of(const Location& input, const VideoOptions& options) {
  std::string name = option_of(input, "encoding");
  if (name.empty()) name = options.input_codec;
  if (name.empty()) return "H264";
  const Codec* codec = find_codec(name);
  if (codec && codec->kind == MediaKind::kVideo && can_receive(*codec)) return codec->name;
  const std::string upper = take_string(g_ascii_strup(name.c_str(), -1));
  if (upper == "MJPEG" || upper == "JPEG") return "JPEG";
  for (const char* other : {"MP2T", "MP4V-ES"})
    if (upper == other) return other;
  throw Error(ErrorCode::kInvalidUri,
              "The encoding of " + quote(input.text) + " is " + quote(name) +
                  "; RTP is read with H264, H265, VP8, VP9, AV1, JPEG, MP2T and MP4V-ES, as far as "
                  "the plugins are installed.");
}

bool is_multicast(const std::string& host) {
  const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(host.c_str()));
  return address && g_inet_address_get_is_multicast(address.get());
}

}  // namespace

InputReader read_rtp(const Location& input, const VideoOptions& options) {
  if (!option_of(input, "sdp").empty()) {
    throw Error(
        ErrorCode::kInvalidUri,
        "The option sdp is of an output; of an input say encoding, payload and clock-rate.");
  }
  const std::string encoding = encoding_of(input, options);
  const int payload_type = number_of(input, "payload", kUsualPayloadType, kMostPayloadType);
  const int clock_rate = number_of(input, "clock-rate", kVideoClockRate, 1000000);
  const auto caps = Ref<GstCaps>::adopt(
      gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "video", "encoding-name",
                          G_TYPE_STRING, encoding.c_str(), "payload", G_TYPE_INT, payload_type,
                          "clock-rate", G_TYPE_INT, clock_rate, nullptr));
  const auto socket = make_input_element("udpsrc");
  // Others may listen to a group too; of a port of ours a second one would take away packets.
  g_object_set(socket.get(), "address", input.host == "@" ? "0.0.0.0" : input.host.c_str(), "port",
               input.port, "reuse", is_multicast(input.host), "caps", caps.get(), nullptr);
  const auto buffer = make_input_element("rtpjitterbuffer");
  if (options.input_latency >= 0)
    g_object_set(buffer.get(), "latency", static_cast<guint>(options.input_latency), nullptr);

  return reader_of({socket, buffer});
}

InputReader read_rtsp(const Location& input, const VideoOptions& options) {
  auto source = make_input_element("rtspsrc");
  g_object_set(source.get(), "location", input.text.c_str(), nullptr);
  if (options.input_latency >= 0)
    g_object_set(source.get(), "latency", static_cast<guint>(options.input_latency), nullptr);
  // Sound is not even asked for.
  const auto select =
      +[](GstElement* /*source*/, guint /*stream*/, GstCaps* caps, gpointer /*data*/) -> gboolean {
    const char* media = gst_structure_get_string(gst_caps_get_structure(caps, 0), "media");
    return media && std::string_view(media) == "video";
  };
  g_signal_connect(source.get(), "select-stream", G_CALLBACK(select), nullptr);
  return {source, source};
}

}  // namespace webrtcserver
