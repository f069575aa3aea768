// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/packet_receiver.hpp"

#include <gst/rtp/gstrtpbuffer.h>
#include <gst/video/video-event.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <string_view>

#include "base/guard.hpp"
#include "rtc/gstreamer_release.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

// A browser has one source for each media and one for its retransmissions, and new ones now and
// then. Each costs webrtcbin a jitter buffer with a thread.
constexpr std::size_t kMaxLiveSources = 32;

constexpr int kPayloadTypes = 128;

// In bit/s, of which RTCP gets a twentieth: an early report (NACK, PLI) must wait for a regular one
// in between, and those come as often as that allows. Left to itself, rtpbin gives it 3 kbit/s,
// which is one retransmission asked for in a second.
constexpr gdouble kSessionBandwidth = 1e6;

// Browsers report once a second; rtpbin's five are long for who looks at a round-trip time.
constexpr GstClockTime kReportInterval = GST_SECOND;

void configure_session(GstElement* rtpbin, guint session_id) {
  GObject* object = nullptr;
  g_signal_emit_by_name(rtpbin, "get-internal-session", session_id, &object);
  const auto session = Ref<GObject>::adopt(object);
  if (!session) return;
  // Without probation: SRTP has shown whose a packet is, and a source that has been on probation
  // is reported with one packet less than none as lost.
  g_object_set(session.get(), "bandwidth", kSessionBandwidth, "rtcp-min-interval", kReportInterval,
               "probation", 0U, nullptr);
}

template <typename T>
gpointer hold(const std::shared_ptr<T>& object) {
  return std::make_unique<std::shared_ptr<T>>(object).release();
}

template <typename T>
void let_go(gpointer data) {
  const std::unique_ptr<std::shared_ptr<T>> owned(static_cast<std::shared_ptr<T>*>(data));
}

template <typename T>
const std::shared_ptr<T>& held(gpointer data) {
  return *static_cast<std::shared_ptr<T>*>(data);
}

template <typename Visit>
void visit_packets(GstPadProbeInfo* info, Visit&& visit) {
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
    visit(GST_PAD_PROBE_INFO_BUFFER(info));
    return;
  }
  GstBufferList* list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
  for (guint i = 0; i < gst_buffer_list_length(list); ++i) visit(gst_buffer_list_get(list, i));
}

// webrtcbin's own handler makes a pad of each that rtpbin makes. Before 1.22 it gives what the SDP
// does not announce to the first m-line, and has one pad for an m-line: the second source of one
// takes it from the first, and says in a CRITICAL that it could not be added.
std::function<void()> keep_webrtcbin_from_new_pads(GstElement* webrtcbin, GstElement* rtpbin) {
  if (!gstreamer_is_before(1, 22)) return {};
  return [webrtcbin, rtpbin] {
    g_signal_handlers_block_matched(
        rtpbin, static_cast<GSignalMatchType>(G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DATA),
        g_signal_lookup("pad-added", GST_TYPE_ELEMENT), 0, nullptr, nullptr, webrtcbin);
  };
}

// From the first byte on that differs between packets; -1 for what is no RTP.
int payload_type_of(GstBuffer* packet) {
  std::array<guint8, 2> header{};
  if (gst_buffer_extract(packet, 0, header.data(), header.size()) != header.size()) return -1;
  return header[0] >> 6U == 2 ? header[1] & 0x7FU : -1;
}

}  // namespace

// What may pass. The table is written before the gate opens and never after.
class PacketReceiver::Gate {
 public:
  // `on_stray` is called once, on the thread of the packets, before something goes to rtpbin that
  // webrtcbin must make no pad for; empty: it may for everything.
  explicit Gate(std::function<void()> on_stray) : on_stray_(std::move(on_stray)) {}

  void open(std::vector<Accepted> accepted) {
    accepted_ = std::move(accepted);
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
      const Accepted& entry = accepted_[i];
      by_payload_type_[static_cast<std::size_t>(entry.payload_type)] = static_cast<int>(i);
      if (entry.rtx_payload_type >= 0)
        is_rtx_[static_cast<std::size_t>(entry.rtx_payload_type)] = true;
    }
    open_.store(true, std::memory_order_release);
  }

  // The pads hold this gate, which must not hold them for good.
  void close() {
    open_.store(false, std::memory_order_release);
    decltype(pads_) released;
    decltype(jitter_buffers_) released_buffers;
    const std::scoped_lock lock(mutex_);
    released.swap(pads_);
    released_buffers.swap(jitter_buffers_);
  }

  bool is_open() const { return open_.load(std::memory_order_acquire); }

  const Accepted* find(int payload_type) const {
    if (!is_open() || payload_type < 0) return nullptr;
    const int index = by_payload_type_[static_cast<std::size_t>(payload_type)];
    return index < 0 ? nullptr : &accepted_[static_cast<std::size_t>(index)];
  }

  bool admits(GstBuffer* packet) {
    const int payload_type = payload_type_of(packet);
    const Accepted* accepted = find(payload_type);
    if (!accepted &&
        (payload_type < 0 || !is_open() || !is_rtx_[static_cast<std::size_t>(payload_type)]))
      return false;
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    if (!gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp)) return false;
    const guint32 ssrc = gst_rtp_buffer_get_ssrc(&rtp);
    gst_rtp_buffer_unmap(&rtp);
    bool known = false;
    bool strays = false;
    {
      const std::scoped_lock lock(mutex_);
      known = std::any_of(sources_.begin(), sources_.end(),
                          [ssrc](const Source& source) { return source.ssrc == ssrc; });
      if (!known) {
        if (sources_.size() >= kMaxLiveSources) return false;
        sources_.push_back({ssrc, accepted && accepted->rtx_payload_type >= 0});
      }
      if (accepted && on_stray_ && !strays_ && is_stray(*accepted, ssrc)) strays = strays_ = true;
    }
    if (strays) on_stray_();
    if (!known) set_retransmission(ssrc);
    return true;
  }

  // It comes ahead of the first packet where a report does, and behind it otherwise.
  void take_jitter_buffer(guint32 ssrc, GstElement* jitter_buffer) {
    {
      const std::scoped_lock lock(mutex_);
      if (jitter_buffers_.size() >= kMaxLiveSources) jitter_buffers_.erase(jitter_buffers_.begin());
      jitter_buffers_.emplace_back(ssrc, Ref<GstElement>::retain(jitter_buffer));
    }
    set_retransmission(ssrc);
  }

  // The latest pad that gave something to `sink`.
  void note_pad(const PacketSink* sink, GstPad* pad) {
    const std::scoped_lock lock(mutex_);
    for (auto& [known, known_pad] : pads_) {
      if (known != sink) continue;
      if (known_pad.get() != pad) known_pad = Ref<GstPad>::retain(pad);
      return;
    }
    pads_.emplace_back(sink, Ref<GstPad>::retain(pad));
  }

  Ref<GstPad> pad_of(const PacketSink* sink) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [known, pad] : pads_) {
      if (known == sink) return pad;
    }
    return nullptr;
  }

 private:
  struct Source {
    guint32 ssrc;
    bool repaired;  // what is lost of it can be had again
  };

  // What webrtcbin's pad of an m-line was made for.
  struct First {
    const PacketSink* sink;
    guint32 ssrc;
    int payload_type;
  };

  // Whether it is not the first of its m-line, with its first codec, or nobody announced it. With
  // mutex_ held.
  bool is_stray(const Accepted& accepted, guint32 ssrc) {
    const auto& announced = accepted.announced;
    if (std::find(announced.begin(), announced.end(), ssrc) == announced.end()) return true;
    for (const First& first : firsts_) {
      if (first.sink == accepted.sink.get())
        return first.ssrc != ssrc || first.payload_type != accepted.payload_type;
    }
    firsts_.push_back({accepted.sink.get(), ssrc, accepted.payload_type});
    return false;
  }

  void set_retransmission(guint32 ssrc) {
    Ref<GstElement> jitter_buffer;
    bool repaired = false;
    {
      const std::scoped_lock lock(mutex_);
      const auto source = std::find_if(sources_.begin(), sources_.end(),
                                       [ssrc](const Source& other) { return other.ssrc == ssrc; });
      const auto buffer =
          std::find_if(jitter_buffers_.rbegin(), jitter_buffers_.rend(),
                       [ssrc](const auto& candidate) { return candidate.first == ssrc; });
      if (source == sources_.end() || buffer == jitter_buffers_.rend()) return;
      jitter_buffer = buffer->second;
      repaired = source->repaired;
    }
    g_object_set(jitter_buffer.get(), "do-retransmission", repaired ? TRUE : FALSE, nullptr);
  }

  static constexpr std::array<int, kPayloadTypes> nothing() {
    std::array<int, kPayloadTypes> table{};
    table.fill(-1);
    return table;
  }

  const std::function<void()> on_stray_;
  std::atomic<bool> open_{false};
  std::vector<Accepted> accepted_;
  std::array<int, kPayloadTypes> by_payload_type_ = nothing();
  std::array<bool, kPayloadTypes> is_rtx_{};

  std::mutex mutex_;
  std::vector<Source> sources_;                                      // guarded by mutex_
  std::vector<First> firsts_;                                        // guarded by mutex_
  bool strays_ = false;                                              // guarded by mutex_
  std::vector<std::pair<const PacketSink*, Ref<GstPad>>> pads_;      // guarded by mutex_
  std::vector<std::pair<guint32, Ref<GstElement>>> jitter_buffers_;  // guarded by mutex_
};

// What passes a pad, on its streaming thread.
class PacketReceiver::Output {
 public:
  // `passed` is what becomes of it then.
  static void watch(const std::shared_ptr<Gate>& gate, GstPad* pad, GstPadProbeReturn passed) {
    gst_pad_add_probe(
        pad,
        static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST |
                                     GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
        [](GstPad* probed, GstPadProbeInfo* info, gpointer data) {
          Output& output = *held<Output>(data);
          guard("a packet", [&] {
            if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
              output.take_event(GST_PAD_PROBE_INFO_EVENT(info));
            } else {
              visit_packets(info, [&](GstBuffer* packet) { output.take_packet(probed, packet); });
            }
          });
          return output.passed_;
        },
        hold(std::make_shared<Output>(gate, passed)), let_go<Output>);
  }

  Output(std::shared_ptr<Gate> gate, GstPadProbeReturn passed)
      : gate_(std::move(gate)), passed_(passed) {
    gst_segment_init(&segment_, GST_FORMAT_TIME);
  }

  void take_packet(GstPad* pad, GstBuffer* packet) {
    const Accepted* accepted = gate_->find(payload_type_of(packet));
    if (!accepted || !GST_BUFFER_PTS_IS_VALID(packet)) return;
    const GstClockTime time =
        gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, GST_BUFFER_PTS(packet));
    if (!GST_CLOCK_TIME_IS_VALID(time)) return;
    if (accepted != current_) gate_->note_pad(accepted->sink.get(), pad);
    current_ = accepted;
    // The header of a copy is ours to write; its memory is shared.
    const auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy(packet));
    GST_BUFFER_PTS(copy.get()) = time;
    GST_BUFFER_DTS(copy.get()) = time;
    accepted->sink->push(accepted->format, copy);
  }

  void take_event(GstEvent* event) {
    if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) {
      gst_event_copy_segment(event, &segment_);
    } else if (gst_event_has_name(event, "GstRTPPacketLost") && current_) {
      current_->sink->lose(Ref<GstEvent>::retain(event));
    }
  }

 private:
  const std::shared_ptr<Gate> gate_;
  const GstPadProbeReturn passed_;
  const Accepted* current_ = nullptr;  // of the packet before
  GstSegment segment_{};
};

PacketReceiver::PacketReceiver(GstElement* webrtcbin)
    : webrtcbin_(Ref<GstElement>::retain(webrtcbin)),
      rtpbin_(Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(webrtcbin), "rtpbin"))),
      gate_(std::make_shared<Gate>(keep_webrtcbin_from_new_pads(webrtcbin, rtpbin_.get()))) {
  on_output_ = g_signal_connect_data(
      webrtcbin_.get(), "pad-added",
      G_CALLBACK(+[](GstElement* element, GstPad* pad, gpointer data) {
        guard("a source of webrtcbin", [&] { take_output(held<Gate>(data), element, pad); });
      }),
      hold(gate_), [](gpointer data, GClosure*) { let_go<Gate>(data); }, GConnectFlags{});
  on_rtpbin_pad_ = g_signal_connect_data(
      rtpbin_.get(), "pad-added", G_CALLBACK(+[](GstElement* element, GstPad* pad, gpointer data) {
        guard("a pad of rtpbin", [&] { take_rtpbin_pad(held<Gate>(data), element, pad); });
      }),
      hold(gate_), [](gpointer data, GClosure*) { let_go<Gate>(data); }, GConnectFlags{});
  // Behind webrtcbin's own handler, which goes by what the SDP says of a source: it asks again for
  // sound that is only late, and never for a source that was not announced.
  on_jitter_buffer_ = g_signal_connect_data(
      rtpbin_.get(), "new-jitterbuffer",
      G_CALLBACK(+[](GstElement*, GstElement* jitter_buffer, guint, guint ssrc, gpointer data) {
        guard("a jitter buffer",
              [&] { held<Gate>(data)->take_jitter_buffer(ssrc, jitter_buffer); });
      }),
      hold(gate_), [](gpointer data, GClosure*) { let_go<Gate>(data); }, GConnectFlags{});
}

PacketReceiver::~PacketReceiver() {
  gate_->close();
  g_signal_handler_disconnect(webrtcbin_.get(), on_output_);
  g_signal_handler_disconnect(rtpbin_.get(), on_rtpbin_pad_);
  g_signal_handler_disconnect(rtpbin_.get(), on_jitter_buffer_);
}

// Where packets enter, behind SRTP; and where they leave.
void PacketReceiver::take_rtpbin_pad(const std::shared_ptr<Gate>& gate, GstElement* rtpbin,
                                     GstPad* pad) {
  constexpr std::string_view kPrefix = "recv_rtp_sink_";
  const std::string name = GST_PAD_NAME(pad);
  if (name.starts_with("recv_rtp_src_")) return take_stray(gate, pad);
  if (!name.starts_with(kPrefix)) return;
  configure_session(rtpbin, static_cast<guint>(std::stoul(name.substr(kPrefix.size()))));
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad*, GstPadProbeInfo* info, gpointer data) {
        const bool admitted = guard("a packet", false, [&] {
          return held<Gate>(data)->admits(GST_PAD_PROBE_INFO_BUFFER(info));
        });
        return admitted ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
      },
      hold(gate), let_go<Gate>);
  // None comes, since SRTP unprotects packet by packet; one that did would have passed unseen.
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_BUFFER_LIST,
      [](GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_DROP; }, nullptr, nullptr);
}

// Behind webrtcbin's own handler: what it made a pad for is linked to that by now. Nothing stands
// behind the others, and what nobody takes would stop the jitter buffer.
void PacketReceiver::take_stray(const std::shared_ptr<Gate>& gate, GstPad* pad) {
  if (!gst_pad_is_linked(pad)) Output::watch(gate, pad, GST_PAD_PROBE_DROP);
}

// Every source pad ends somewhere: one that does not stops its jitter buffer for good.
void PacketReceiver::take_output(const std::shared_ptr<Gate>& gate, GstElement* webrtcbin,
                                 GstPad* pad) {
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
  const auto pipeline = Ref<GstObject>::adopt(gst_object_get_parent(GST_OBJECT(webrtcbin)));
  if (!pipeline) return;
  GstElement* sink = gst_element_factory_make("fakesink", nullptr);
  if (!sink) return;
  g_object_set(sink, "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, nullptr);
  const auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(sink, "sink"));
  Output::watch(gate, input.get(), GST_PAD_PROBE_OK);
  gst_bin_add(GST_BIN(pipeline.get()), sink);
  gst_element_sync_state_with_parent(sink);
  // A fakesink takes anything. webrtcbin 1.20 says of its pad, asked for its caps, that it has
  // those of the codec that was offered first, and what was negotiated instead would not be linked.
  gst_pad_link_full(pad, input.get(), GST_PAD_LINK_CHECK_NOTHING);
}

void PacketReceiver::open(std::vector<Accepted> accepted) {
  gate_->open(std::move(accepted));
}

void PacketReceiver::request_key_frame(const PacketSink* sink) {
  // Before the first packet there is nothing to ask: it begins with a key frame.
  const auto pad = gate_->pad_of(sink);
  if (!pad) return;
  // With all headers it would be a FIR, which some SFUs do not pass on to whoever publishes there.
  GstEvent* event = gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, FALSE, 0);
  if (GST_PAD_IS_SRC(pad.get())) {
    gst_pad_send_event(pad.get(), event);
  } else {
    gst_pad_push_event(pad.get(), event);
  }
}

}  // namespace webrtcserver
