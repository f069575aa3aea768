// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/remote_peer.hpp"

#include <gst/video/video-event.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string_view>

#include "rtc/transport_blocks.hpp"
#include "support/patience.hpp"
#include "support/send_on.hpp"

namespace webrtcserver::test {

namespace {

constexpr auto kDeadline = kPatience;

// Waits for webrtcbin's reply to an action signal.
template <typename Emit>
Owned<GstStructure> ask(Emit&& emit) {
  const auto promise = Ref<GstPromise>::adopt(gst_promise_new());
  emit(promise.get());
  gst_promise_wait(promise.get());
  const GstStructure* reply = gst_promise_get_reply(promise.get());
  if (reply && gst_structure_has_field(reply, "error")) {
    throw std::runtime_error("The remote webrtcbin: " +
                             take_string(gst_structure_to_string(reply)));
  }
  return Owned<GstStructure>(reply ? gst_structure_copy(reply) : nullptr);
}

std::string attribute_of_format(const GstSDPMedia* media, const char* key, const std::string& pt) {
  for (guint i = 0; i < gst_sdp_media_attributes_len(media); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(media, i);
    const std::string value = attribute->value ? attribute->value : "";
    if (std::string(attribute->key) == key && value.starts_with(pt + " "))
      return value.substr(pt.size() + 1);
  }
  return {};
}

// "H264" or, with what its parameters must hold, "H264;profile-level-id=42e0".
bool is_codec(const std::string& known, const std::string& map, const std::string& fmtp) {
  const auto end = known.find(';');
  return known.substr(0, end) == map.substr(0, map.find('/')) &&
         (end == std::string::npos || fmtp.find(known.substr(end + 1)) != std::string::npos);
}

// The payload types of the codecs in `known`, and of their retransmission.
std::set<std::string> known_formats(const GstSDPMedia* media,
                                    const std::vector<std::string>& known) {
  std::set<std::string> formats;
  for (guint i = 0; i < gst_sdp_media_formats_len(media); ++i) {
    const std::string pt = gst_sdp_media_get_format(media, i);
    const std::string map = attribute_of_format(media, "rtpmap", pt);
    const std::string fmtp = attribute_of_format(media, "fmtp", pt);
    const bool is_rtx = map.starts_with("rtx/") && fmtp.starts_with("apt=");
    if (is_rtx ? formats.count(fmtp.substr(4)) > 0
               : known.empty() ||
                     std::any_of(known.begin(), known.end(), [&](const std::string& codec) {
                       return is_codec(codec, map, fmtp);
                     })) {
      formats.insert(pt);
    }
  }
  return formats;
}

// Leaves the codecs that a browser does not know out of an offer, as it does itself.
void forget_codecs(GstSDPMedia* media, const std::vector<std::string>& known) {
  const auto formats = known_formats(media, known);
  if (formats.empty()) return;  // rejected later: webrtcbin needs something to answer
  for (guint i = gst_sdp_media_formats_len(media); i > 0; --i) {
    if (formats.count(gst_sdp_media_get_format(media, i - 1)) == 0)
      gst_sdp_media_remove_format(media, i - 1);
  }
}

GstSDPMedia* media_at(GstSDPMessage* message, guint i) {
  return const_cast<GstSDPMedia*>(gst_sdp_message_get_media(message, i));  // NOLINT: ours
}

bool is_data_channel(const GstSDPMedia* media) {
  return std::string_view(gst_sdp_media_get_media(media)) == "application";
}

// It is the last in our offers.
std::string without_data_channel(std::string text) {
  const auto begin = text.find("m=application");
  if (begin == std::string::npos) return text;
  const auto line = text.find("a=mid:", begin) + std::string_view("a=mid:").size();
  const std::string mid = " " + text.substr(line, text.find_first_of("\r\n", line) - line);
  text.erase(begin);
  const auto group = text.find(mid, text.find("a=group:BUNDLE"));
  return text.erase(group, mid.size());
}

Owned<GstSDPMessage> parse(const std::string& text) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new_from_text(text.c_str(), &message);
  return Owned<GstSDPMessage>(message);
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

constexpr auto kPackets =
    static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);

// An encoder and a payloader, as a browser would send with them.
std::string encoder_for(const std::string& codec, const std::string& kind) {
  const std::string encoder = " name=" + kind + "-encoder ";
  const std::string payloader = " name=" + kind + "-payloader ";
  if (codec == "H264") {
    return "x264enc" + encoder +
           "tune=zerolatency speed-preset=ultrafast key-int-max=300 bitrate=500 ! "
           "video/x-h264,profile=constrained-baseline ! rtph264pay" +
           payloader + "aggregate-mode=zero-latency config-interval=-1 mtu=1200";
  }
  if (codec == "VP8") {
    return "vp8enc" + encoder + "deadline=1 cpu-used=-16 keyframe-max-dist=300 ! rtpvp8pay" +
           payloader + "picture-id-mode=15-bit mtu=1200";
  }
  if (codec == "VP9") {
    return "vp9enc" + encoder + "deadline=1 cpu-used=9 keyframe-max-dist=300 ! rtpvp9pay" +
           payloader + "picture-id-mode=15-bit mtu=1200";
  }
  if (codec == "OPUS") return "opusenc" + encoder + "! rtpopuspay" + payloader;
  throw std::runtime_error("The remote peer cannot send " + codec + ".");
}

void use_address(GstElement* webrtcbin, const std::string& address) {
  GObject* object = nullptr;
  g_object_get(webrtcbin, "ice-agent", &object, nullptr);
  const auto ice = Ref<GObject>::adopt(object);
  gboolean added = FALSE;
  g_signal_emit_by_name(ice.get(), "add-local-ip-address", address.c_str(), &added);
  EXPECT_TRUE(added);
  g_object_get(ice.get(), "agent", &object, nullptr);
  const auto agent = Ref<GObject>::adopt(object);
  g_object_set(agent.get(), "upnp", FALSE, nullptr);
}

}  // namespace

RemotePeer::RemotePeer(Settings settings)
    : settings_(std::move(settings)),
      pipeline_(Ref<GstElement>::sink(gst_pipeline_new("remote"))),
      webrtcbin_(Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", "remote-webrtcbin"))) {
  g_object_set(webrtcbin_.get(), "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, nullptr);
  gst_bin_add(GST_BIN(pipeline_.get()), webrtcbin_.get());
  use_address(webrtcbin_.get(), settings_.address);
  for (const std::string& server : settings_.turn_servers) {
    gboolean added = FALSE;
    g_signal_emit_by_name(webrtcbin_.get(), "add-turn-server", server.c_str(), &added);
    g_object_set(webrtcbin_.get(), "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY,
                 nullptr);
  }
  g_signal_connect(webrtcbin_.get(), "on-new-transceiver",
                   G_CALLBACK(+[](GstElement*, GstWebRTCRTPTransceiver* transceiver,
                                  RemotePeer* self) { self->take_transceiver(transceiver); }),
                   this);
  g_signal_connect(
      webrtcbin_.get(), "pad-added",
      G_CALLBACK(+[](GstElement*, GstPad* pad, RemotePeer* self) { self->take_output(pad); }),
      this);
  g_signal_connect(
      webrtcbin_.get(), "on-ice-candidate",
      G_CALLBACK(+[](GstElement*, guint index, const gchar* candidate, RemotePeer* self) {
        if (self->settings_.on_candidate)
          self->settings_.on_candidate(index, candidate ? candidate : "");
      }),
      this);
  g_signal_connect(
      webrtcbin_.get(), "notify::connection-state",
      G_CALLBACK(+[](GstElement*, GParamSpec*, RemotePeer* self) { self->take_state(); }), this);
  g_signal_connect(webrtcbin_.get(), "on-data-channel",
                   G_CALLBACK(+[](GstElement*, GObject* channel, RemotePeer* self) {
                     self->channels_.take(channel);
                   }),
                   this);
  const auto rtpbin =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(webrtcbin_.get()), "rtpbin"));
  g_signal_connect(
      rtpbin.get(), "pad-added",
      G_CALLBACK(+[](GstElement*, GstPad* pad, RemotePeer* self) { self->take_rtpbin_pad(pad); }),
      this);
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

RemotePeer::~RemotePeer() {
  {
    const std::scoped_lock lock(mutex_);
    sinks_.clear();
  }
  release_transport_blocks(webrtcbin_.get());
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

std::string RemotePeer::answer(const std::string& text) {
  auto offer = parse(settings_.data == Data::kTake ? text : without_data_channel(text));
  std::vector<bool> rejects;
  for (guint i = 0; i < gst_sdp_message_medias_len(offer.get()); ++i) {
    if (is_data_channel(media_at(offer.get(), i))) continue;
    rejects.push_back(known_formats(media_at(offer.get(), i), settings_.codecs).empty());
    forget_codecs(media_at(offer.get(), i), settings_.codecs);
  }
  const Owned<GstWebRTCSessionDescription> remote(
      gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_OFFER, offer.release()));
  ask([&](GstPromise* promise) {
    g_signal_emit_by_name(webrtcbin_.get(), "set-remote-description", remote.get(), promise);
  });
  add_sources(remote->sdp);
  const auto reply = ask([&](GstPromise* promise) {
    g_signal_emit_by_name(webrtcbin_.get(), "create-answer", nullptr, promise);
  });
  GstWebRTCSessionDescription* description = nullptr;
  gst_structure_get(reply.get(), "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description,
                    nullptr);
  const Owned<GstWebRTCSessionDescription> local(description);
  ask([&](GstPromise* promise) {
    g_signal_emit_by_name(webrtcbin_.get(), "set-local-description", local.get(), promise);
  });
  for (guint i = 0; i < rejects.size(); ++i) {
    if (rejects[i]) gst_sdp_media_set_port_info(media_at(local->sdp, i), 0, 0);
  }
  auto answer = take_string(gst_sdp_message_as_text(local->sdp));
  if (settings_.data == Data::kReject)
    answer += "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n";
  return answer;
}

void RemotePeer::open_channels(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    GObject* channel = nullptr;
    g_signal_emit_by_name(webrtcbin_.get(), "create-data-channel", "own", nullptr, &channel);
    own_channels_.push_back(Ref<GObject>::adopt(channel));
  }
}

void RemotePeer::add_sources(const GstSDPMessage* offer) {
  for (guint i = 0; i < gst_sdp_message_medias_len(offer); ++i) {
    const GstSDPMedia* media = gst_sdp_message_get_media(offer, i);
    if (!gst_sdp_media_get_attribute_val(media, "recvonly")) continue;
    for (const Source& source : settings_.sources) {
      if (source.kind == gst_sdp_media_get_media(media)) add_source(source, media, i);
    }
  }
}

void RemotePeer::add_source(const Source& source, const GstSDPMedia* media, unsigned index) {
  const std::string pt = gst_sdp_media_get_format(media, 0);
  const std::string map = attribute_of_format(media, "rtpmap", pt);
  const std::string codec = map.substr(0, map.find('/'));
  const std::string& kind = source.kind;
  const std::string text = source.description + " ! " + encoder_for(codec, kind) +
                           " ! capsfilter caps=application/x-rtp,payload=" + pt;
  GError* error = nullptr;
  const auto branch =
      Ref<GstElement>::sink(gst_parse_bin_from_description(text.c_str(), TRUE, &error));
  if (error) {
    const Owned<GError> owned(error);
    throw std::runtime_error(text + ": " + error->message);
  }
  gst_object_set_name(GST_OBJECT(branch.get()), (kind + "-branch").c_str());
  const auto payloader = Ref<GstElement>::adopt(
      gst_bin_get_by_name(GST_BIN(branch.get()), (kind + "-payloader").c_str()));
  g_object_set(payloader.get(), "pt", std::stoi(pt), nullptr);
  gst_bin_add(GST_BIN(pipeline_.get()), branch.get());
  const std::string pad_name = "sink_" + std::to_string(index);
  send_on(webrtcbin_.get(), index);
  const auto sink =
      Ref<GstPad>::adopt(gst_element_request_pad_simple(webrtcbin_.get(), pad_name.c_str()));
  GstWebRTCRTPTransceiver* object = nullptr;
  g_object_get(sink.get(), "transceiver", &object, nullptr);
  const auto transceiver = Ref<GstWebRTCRTPTransceiver>::adopt(object);
  const auto caps = Ref<GstCaps>::adopt(gst_caps_new_simple(
      "application/x-rtp", "media", G_TYPE_STRING, kind.c_str(), "encoding-name", G_TYPE_STRING,
      codec.c_str(), "payload", G_TYPE_INT, std::stoi(pt), nullptr));
  g_object_set(transceiver.get(), "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY,
               "codec-preferences", caps.get(), nullptr);
  const auto output = Ref<GstPad>::adopt(gst_element_get_static_pad(branch.get(), "src"));
  EXPECT_EQ(gst_pad_link(output.get(), sink.get()), GST_PAD_LINK_OK);
  if (source.tamper) tamper(kind.c_str(), source.tamper);
  gst_element_sync_state_with_parent(branch.get());
}

Ref<GstElement> RemotePeer::element(const std::string& name) const {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name.c_str()));
}

void RemotePeer::force_key_frame() const {
  const auto encoder = element("video-encoder");
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder.get(), "src"));
  gst_pad_send_event(pad.get(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

void RemotePeer::tamper(const char* kind, Tamper tamper) {
  const auto payloader = element(std::string(kind) + "-payloader");
  ASSERT_TRUE(payloader) << "Nothing is sent of this kind.";
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader.get(), "src"));
  gst_pad_add_probe(
      pad.get(), kPackets,
      [](GstPad* probed, GstPadProbeInfo* info, gpointer data) {
        const auto& change = *static_cast<Tamper*>(data);
        // A list is taken apart: each packet goes on by itself, or not.
        std::vector<Ref<GstBuffer>> packets;
        visit_packets(info, [&](GstBuffer* packet) {
          if (auto changed = change(Ref<GstBuffer>::adopt(gst_buffer_copy_deep(packet))))
            packets.push_back(std::move(changed));
        });
        const auto peer = Ref<GstPad>::adopt(gst_pad_get_peer(probed));
        for (auto& packet : packets) gst_pad_chain(peer.get(), packet.release());
        return GST_PAD_PROBE_DROP;
      },
      new Tamper(std::move(tamper)), [](gpointer data) { delete static_cast<Tamper*>(data); });
}

void RemotePeer::take_state() {
  auto state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
  g_object_get(webrtcbin_.get(), "connection-state", &state, nullptr);
  {
    const std::scoped_lock lock(mutex_);
    connected_ = state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED;
  }
  changed_.notify_all();
}

bool RemotePeer::wait_connected() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, [this] { return connected_; });
}

void RemotePeer::add_candidate(unsigned media_index, const std::string& candidate) {
  if (!candidate.empty())
    g_signal_emit_by_name(webrtcbin_.get(), "add-ice-candidate", media_index, candidate.c_str());
}

void RemotePeer::take_transceiver(GstWebRTCRTPTransceiver* transceiver) const {
  g_object_set(transceiver, "do-nack", settings_.retransmission ? TRUE : FALSE, nullptr);
}

void RemotePeer::take_output(GstPad* pad) {
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
  GstElement* sink = gst_element_factory_make("fakesink", nullptr);
  g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
  gst_bin_add(GST_BIN(pipeline_.get()), sink);
  gst_element_sync_state_with_parent(sink);
  const auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(sink, "sink"));
  gst_pad_add_probe(
      input.get(), kPackets,
      [](GstPad* probed, GstPadProbeInfo* info, gpointer data) {
        auto* self = static_cast<RemotePeer*>(data);
        visit_packets(info, [&](GstBuffer* packet) {
          {
            const std::scoped_lock lock(self->mutex_);
            self->sinks_[read_packet(packet).ssrc] = Ref<GstPad>::retain(probed);
          }
          self->count_repaired(packet);
        });
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);
  gst_pad_link(pad, input.get());
}

// Behind the element that keeps packets for retransmission.
void RemotePeer::take_sending_pad(GstPad* pad) {
  gst_pad_add_probe(
      pad, kPackets,
      [](GstPad* probed, GstPadProbeInfo* info, gpointer data) {
        const auto* self = static_cast<RemotePeer*>(data);
        const auto is_lost = [self](GstBuffer* packet) {
          const RtpFields fields = read_packet(packet);
          return self->loses_sent_ && self->loses_sent_(fields);
        };
        if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
          return is_lost(GST_PAD_PROBE_INFO_BUFFER(info)) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
        }
        const auto peer = Ref<GstPad>::adopt(gst_pad_get_peer(probed));
        visit_packets(info, [&](GstBuffer* packet) {
          if (!is_lost(packet)) gst_pad_chain(peer.get(), gst_buffer_ref(packet));
        });
        return GST_PAD_PROBE_DROP;
      },
      this, nullptr);
}

void RemotePeer::take_rtpbin_pad(GstPad* pad) {
  const std::string name = GST_PAD_NAME(pad);
  if (name.starts_with("send_rtp_src_")) return take_sending_pad(pad);
  constexpr std::string_view kPrefix = "recv_rtp_sink_";
  if (!name.starts_with(kPrefix)) return;
  // A new source's first packet would wait for a second, and a retransmission may have none.
  GObject* object = nullptr;
  const auto rtpbin = Ref<GstElement>::adopt(gst_pad_get_parent_element(pad));
  g_signal_emit_by_name(rtpbin.get(), "get-internal-session",
                        static_cast<guint>(std::stoul(name.substr(kPrefix.size()))), &object);
  const auto session = Ref<GObject>::adopt(object);
  g_object_set(session.get(), "probation", 0, nullptr);
  gst_pad_add_probe(
      pad, kPackets,
      [](GstPad*, GstPadProbeInfo* info, gpointer data) {
        auto* self = static_cast<RemotePeer*>(data);
        if (!(GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER)) {
          // A list cannot be dropped in part; none comes, since SRTP unprotects packet by packet.
          ADD_FAILURE() << "The remote received a buffer list.";
          return GST_PAD_PROBE_OK;
        }
        return self->count(GST_PAD_PROBE_INFO_BUFFER(info)) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
      },
      this, nullptr);
}

bool RemotePeer::count(GstBuffer* packet) {
  const RtpFields fields = read_packet(packet);
  {
    const std::scoped_lock lock(mutex_);
    ++received_[{fields.ssrc, fields.payload_type}];
  }
  changed_.notify_all();
  return !loses_ || !loses_(fields);
}

void RemotePeer::count_repaired(GstBuffer* packet) {
  const RtpFields fields = read_packet(packet);
  {
    const std::scoped_lock lock(mutex_);
    repaired_[fields.ssrc][fields.sequence] = true;
  }
  changed_.notify_all();
}

RemotePeer::Counts RemotePeer::received() const {
  const std::scoped_lock lock(mutex_);
  return received_;
}

std::size_t RemotePeer::repaired(std::uint32_t ssrc) const {
  const std::scoped_lock lock(mutex_);
  const auto found = repaired_.find(ssrc);
  return found == repaired_.end() ? 0 : found->second.size();
}

bool RemotePeer::wait(const std::function<bool(const Counts&)>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, [&] { return condition(received_); });
}

bool RemotePeer::wait_repaired(std::uint32_t ssrc, std::size_t packets) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, [&] { return repaired_[ssrc].size() >= packets; });
}

void RemotePeer::hang_up() const {
  GstIterator* all = gst_bin_iterate_recurse(GST_BIN(webrtcbin_.get()));
  GValue item = G_VALUE_INIT;
  while (gst_iterator_next(all, &item) == GST_ITERATOR_OK) {
    auto* element = GST_ELEMENT(g_value_get_object(&item));
    GstElementFactory* factory = gst_element_get_factory(element);
    if (factory && std::string_view(GST_OBJECT_NAME(factory)) == "dtlsenc") {
      gst_element_foreach_sink_pad(
          element,
          [](GstElement*, GstPad* pad, gpointer) -> gboolean {
            return gst_pad_send_event(pad, gst_event_new_eos());
          },
          nullptr);
    }
    g_value_reset(&item);
  }
  g_value_unset(&item);
  gst_iterator_free(all);
}

void RemotePeer::request_key_frame(std::uint32_t ssrc) {
  Ref<GstPad> sink;
  {
    const std::scoped_lock lock(mutex_);
    sink = sinks_[ssrc];
  }
  ASSERT_TRUE(sink) << "Nothing was received from this source.";
  gst_pad_push_event(sink.get(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, FALSE, 0));
}

}  // namespace webrtcserver::test
