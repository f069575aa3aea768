// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/metrics.hpp"

#include <gst/gst.h>
#include <gst/webrtcserver/version.h>

#include <map>
#include <string>

#include "base/open_files.hpp"
#include "base/process_usage.hpp"
#include "server/output_stream.hpp"
#include "server/session.hpp"

namespace webrtcserver {

namespace {

using Type = PrometheusText::Type;

const std::vector<const char*> kSession = {"stream", "role"};
const std::vector<const char*> kReason = {"stream", "role", "reason"};
const std::vector<const char*> kMedia = {"stream", "kind", "pad", "codec"};
const std::vector<const char*> kFeedback = {"stream", "kind"};

// One member after the other, in the order of the page that describes them (docs/monitoring.md).
template <typename Visit>
void for_each_family(const Metrics& metrics, Visit&& visit) {
  for (const CounterFamily* family : {&metrics.sessions_begun,
                                      &metrics.sessions_connected,
                                      &metrics.sessions_ended,
                                      &metrics.session_failures,
                                      &metrics.messages_refused,
                                      &metrics.sent_packets,
                                      &metrics.sent_bytes,
                                      &metrics.sent_frames,
                                      &metrics.sent_key_frames,
                                      &metrics.sent_dropped_frames,
                                      &metrics.sent_lost_packets,
                                      &metrics.received_nacks,
                                      &metrics.received_picture_losses,
                                      &metrics.received_packets,
                                      &metrics.received_bytes,
                                      &metrics.received_frames,
                                      &metrics.received_dropped_frames,
                                      &metrics.received_lost_packets,
                                      &metrics.sent_nacks,
                                      &metrics.sent_picture_losses,
                                      &metrics.encoded_frames,
                                      &metrics.encoded_key_frames,
                                      &metrics.encoded_bytes,
                                      &metrics.requested_key_frames})
    visit(*family);
}

void describe_build(PrometheusText& text) {
  guint major = 0;
  guint minor = 0;
  guint micro = 0;
  guint nano = 0;
  gst_version(&major, &minor, &micro, &nano);
  text.family("webrtcserver_build_info", Type::kGauge, "Always 1; the labels say what runs.")
      .sample(
          {{"version",
            G_STRINGIFY(GST_WEBRTC_SERVER_VERSION_MAJOR) "." G_STRINGIFY(
                GST_WEBRTC_SERVER_VERSION_MINOR) "." G_STRINGIFY(GST_WEBRTC_SERVER_VERSION_MICRO)},
           {"gstreamer",
            std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(micro)}},
          1);
}

}  // namespace

Metrics::Metrics()
    : sessions_begun("webrtcserver_sessions_begun_total", "Browsers that came.", kSession),
      sessions_connected("webrtcserver_sessions_connected_total",
                         "Sessions whose media was connected.", kSession),
      sessions_ended("webrtcserver_sessions_ended_total", "Sessions that ended.", kReason),
      session_failures("webrtcserver_session_failures_total",
                       "Sessions that failed, by the protocol's error code.", kReason),
      messages_refused("webrtcserver_messages_refused_total",
                       "Messages of browsers that were not taken, by the code of the error.",
                       kReason),
      sent_packets("webrtcserver_sent_packets_total",
                   "RTP packets given to viewers' connections, without retransmissions.", kMedia),
      sent_bytes("webrtcserver_sent_bytes_total", "Size of these packets.", kMedia),
      sent_frames("webrtcserver_sent_frames_total",
                  "Pictures, or packets of sound, given to viewers' connections.", kMedia),
      sent_key_frames("webrtcserver_sent_key_frames_total", "Those that stand alone.", kMedia),
      sent_dropped_frames("webrtcserver_sent_dropped_frames_total",
                          "Frames that were not sent because the viewer fell behind or had no key "
                          "frame yet.",
                          kMedia),
      received_packets("webrtcserver_received_packets_total",
                       "RTP packets of publishers, behind the jitter buffer.", kMedia),
      received_bytes("webrtcserver_received_bytes_total", "Size of these packets.", kMedia),
      received_frames("webrtcserver_received_frames_total",
                      "Frames made of them; packets where the pipeline takes RTP.", kMedia),
      received_dropped_frames("webrtcserver_received_dropped_frames_total",
                              "Frames that the pipeline did not take in time.", kMedia),
      encoded_frames("webrtcserver_encoded_frames_total",
                     "Frames that encoders, or the parsers of encoded input, put out.", kMedia),
      encoded_key_frames("webrtcserver_encoded_key_frames_total", "Key frames among them.", kMedia),
      encoded_bytes("webrtcserver_encoded_bytes_total", "Their size as RTP.", kMedia),
      requested_key_frames("webrtcserver_requested_key_frames_total",
                           "Key frames that encoders or sources were asked for.", kMedia),
      sent_lost_packets("webrtcserver_sent_lost_packets_total",
                        "Packets that viewers report as lost.", kFeedback),
      received_lost_packets("webrtcserver_received_lost_packets_total",
                            "Packets of publishers that did not come.", kFeedback),
      received_nacks("webrtcserver_received_nacks_total",
                     "Requests of viewers to send packets again.", kFeedback),
      sent_nacks("webrtcserver_sent_nacks_total", "Requests to publishers to send packets again.",
                 kFeedback),
      received_picture_losses("webrtcserver_received_picture_losses_total",
                              "Requests of viewers for a key frame (PLI and FIR).", kFeedback),
      sent_picture_losses("webrtcserver_sent_picture_losses_total",
                          "Requests to publishers for a key frame (PLI and FIR).", kFeedback) {}

void Metrics::write(PrometheusText& text) const {
  for_each_family(*this, [&](const CounterFamily& family) { family.write(text); });
}

void describe_now(PrometheusText& text, const std::vector<std::shared_ptr<Stream>>& streams) {
  describe_build(text);
  text.family("webrtcserver_stream_state", Type::kGauge,
              "1 for the state that the stream is in: waiting, live, paused or error.");
  for (const auto& stream : streams) {
    for (const StreamState state :
         {StreamState::kWaiting, StreamState::kLive, StreamState::kPaused, StreamState::kError}) {
      text.sample({{"stream", stream->settings().name},
                   {"role", stream->role()},
                   {"state", to_string(state)}},
                  stream->state() == state ? 1 : 0);
    }
  }
  text.family("webrtcserver_sessions", Type::kGauge, "Browsers that are here now.");
  for (const auto& stream : streams) {
    std::map<bool, unsigned> count = {{false, 0}, {true, 0}};
    for (const auto& session : stream->sessions()) ++count[session->connected()];
    for (const auto& [connected, sessions] : count) {
      text.sample({{"stream", stream->settings().name},
                   {"role", stream->role()},
                   {"state", connected ? "connected" : "connecting"}},
                  sessions);
    }
  }
  text.family("webrtcserver_sessions_limit", Type::kGauge, "How many the stream takes.");
  for (const auto& stream : streams) {
    text.sample({{"stream", stream->settings().name}, {"role", stream->role()}},
                stream->settings().max_sessions);
  }
  text.family("webrtcserver_encoder_info", Type::kGauge,
              "1 for each encoder that runs; \"none\" for input that is encoded already.");
  for (const auto& stream : streams) {
    if (stream->direction() != Direction::kSend) continue;
    for (const auto& offer : std::static_pointer_cast<OutputStream>(stream)->offers()) {
      for (const auto& [codec, encoder] : offer.encodings->running()) {
        text.sample({{"stream", stream->settings().name},
                     {"kind", to_string(offer.encodings->kind())},
                     {"pad", offer.encodings->name()},
                     {"codec", codec},
                     {"encoder", encoder.empty() ? "none" : encoder}},
                    1);
      }
    }
  }
}

void describe_process(PrometheusText& text) {
  const auto usage = process_usage();
  if (!usage) return;
  text.family("process_cpu_seconds_total", Type::kCounter, "CPU time of the process.")
      .sample({}, usage->cpu_seconds);
  text.family("process_resident_memory_bytes", Type::kGauge, "Memory that is in RAM.")
      .sample({}, usage->resident_bytes);
  text.family("process_virtual_memory_bytes", Type::kGauge, "Memory that is mapped.")
      .sample({}, usage->virtual_bytes);
  text.family("process_open_fds", Type::kGauge, "Files and sockets that are open.")
      .sample({}, usage->open_files);
  text.family("process_max_fds", Type::kGauge, "How many may be.").sample({}, open_file_limit());
  text.family("process_threads", Type::kGauge, "Threads.").sample({}, usage->threads);
  text.family("process_start_time_seconds", Type::kGauge, "When it started, since 1970.")
      .sample({}, usage->start_time);
}

}  // namespace webrtcserver
