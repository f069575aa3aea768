// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/peer_pipeline.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/random.hpp"
#include "rtc/feed_source.hpp"
#include "rtc/host_names.hpp"
#include "rtc/nice_agent.hpp"
#include "rtc/relay_release.hpp"
#include "rtc/transport_blocks.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

bool has_property(gpointer object, const char* name) {
  return g_object_class_find_property(G_OBJECT_GET_CLASS(object), name) != nullptr;
}

std::string certificate_of(GstWebRTCDTLSTransport* transport) {
  gchar* pem = nullptr;
  g_object_get(transport, "remote-certificate", &pem, nullptr);
  return take_string(pem);
}

void free_last_heard(gpointer data) {
  const std::unique_ptr<std::shared_ptr<LastHeard>> old(
      static_cast<std::shared_ptr<LastHeard>*>(data));
}

Ref<GstElement> make_webrtcbin() {
  auto element = Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", "webrtcbin"));
  if (!element) {
    throw Error(ErrorCode::kFailed,
                "The element webrtcbin is missing; install GStreamer's \"bad\" plugins "
                "(gstreamer1.0-plugins-bad).");
  }
  // webrtcbin is made without them and fails much later, without saying why.
  constexpr struct {
    const char* element;
    const char* package;
  } kParts[] = {{"nicesink", "gstreamer1.0-nice"},
                {"dtlssrtpenc", "gstreamer1.0-plugins-bad"},
                {"srtpenc", "gstreamer1.0-plugins-bad"},
                {"rtpbin", "gstreamer1.0-plugins-good"},
                {"rtprtxsend", "gstreamer1.0-plugins-good"}};
  for (const auto& part : kParts) {
    const auto factory = Ref<GstElementFactory>::adopt(gst_element_factory_find(part.element));
    if (!factory) {
      throw Error(ErrorCode::kFailed, std::string("webrtcbin needs the element ") + part.element +
                                          ", which is missing; install " + part.package + ".");
    }
  }
  return element;
}

}  // namespace

PeerPipeline::PeerPipeline(const std::string& name, const IceSettings& ice,
                           const Ref<GstClock>& clock, std::chrono::milliseconds jitter_buffer)
    : pipeline_(Ref<GstElement>::sink(gst_pipeline_new(("peer-" + name).c_str()))),
      webrtcbin_(make_webrtcbin()) {
  g_object_set(
      webrtcbin_.get(), "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE,
      "ice-transport-policy",
      ice.relay_only ? GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY : GST_WEBRTC_ICE_TRANSPORT_POLICY_ALL,
      "latency", static_cast<guint>(jitter_buffer.count()), nullptr);
  gst_bin_add(GST_BIN(pipeline_.get()), webrtcbin_.get());
  // Running time is the clock's own time: feeds carry RtpFrame::time, whatever base time the parent
  // has.
  gst_element_set_start_time(pipeline_.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline_.get(), 0);
  set_clock(clock);
  configure_ice(ice, name);
  receiver_ = std::make_unique<PacketReceiver>(webrtcbin_.get());
}

PeerPipeline::~PeerPipeline() {
  for (const Feed& feed : feeds_) feed.feed->set_flushing(true);
  const auto bus = Ref<GstBus>::adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline_.get())));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
  SctpAssociation::release(webrtcbin_.get());
  if (has_turn_) release_relays(webrtcbin_.get());
  release_transport_blocks(webrtcbin_.get());
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  receiver_.reset();
}

void PeerPipeline::set_clock(const Ref<GstClock>& clock) {
  if (!clock) return;
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
  // By itself a pipeline hands its clock out only when it starts to play.
  gst_element_set_clock(pipeline_.get(), clock.get());
}

void PeerPipeline::follow_in_ice() {
  const auto nice = nice_agent_of(webrtcbin_.get());
  if (!nice) return;
  // webrtcbin takes the lead with every description, and libnice gives it back only as long as it
  // has not begun to gather, which follows at once. Two who lead do not always get along: pion
  // takes no notice of the other's checks.
  g_signal_connect(nice.get(), "notify::controlling-mode",
                   G_CALLBACK(+[](GObject* agent, GParamSpec*, gpointer) {
                     gboolean leads = FALSE;
                     g_object_get(agent, "controlling-mode", &leads, nullptr);
                     if (leads) g_object_set(agent, "controlling-mode", FALSE, nullptr);
                   }),
                   nullptr);
}

void PeerPipeline::update_latency() {
  gst_bin_recalculate_latency(GST_BIN(pipeline_.get()));
}

void PeerPipeline::configure_ice(const IceSettings& ice, const std::string& name) {
  std::vector<IceServer> servers = ice_servers(ice, name);
  if (webrtcbin_waits_for_names()) servers = with_known_addresses(servers);
  for (const IceServer& server : servers) {
    if (is_stun(server))
      g_object_set(webrtcbin_.get(), "stun-server", to_webrtcbin(server).c_str(), nullptr);
  }
  for (const std::string& turn : usable_turn_servers(servers)) {
    has_turn_ = true;
    gboolean added = FALSE;
    g_signal_emit_by_name(webrtcbin_.get(), "add-turn-server", turn.c_str(), &added);
    if (!added) GST_WARNING_OBJECT(pipeline_.get(), "webrtcbin refused a TURN server");
  }
  GObject* object = nullptr;
  g_object_get(webrtcbin_.get(), "ice-agent", &object, nullptr);
  const auto agent = Ref<GObject>::adopt(object);
  if (!agent) return;
  if (has_property(agent.get(), "min-rtp-port")) {
    g_object_set(agent.get(), "min-rtp-port", guint{ice.min_port}, "max-rtp-port",
                 guint{ice.max_port}, nullptr);
  }
  if (g_signal_lookup("add-local-ip-address", G_OBJECT_TYPE(agent.get()))) {
    for (const std::string& address : ice.local_addresses) {
      gboolean added = FALSE;
      g_signal_emit_by_name(agent.get(), "add-local-ip-address", address.c_str(), &added);
      if (!added)
        GST_WARNING_OBJECT(pipeline_.get(), "ICE cannot use the local address %s", address.c_str());
    }
  }
  const auto nice = nice_agent_of(webrtcbin_.get());
  if (!nice) return;
  // UPnP asks routers for ports, delays every answer by 200 ms and adds a thread.
  if (has_property(nice.get(), "upnp")) g_object_set(nice.get(), "upnp", FALSE, nullptr);
  // Keep-alives that want an answer. libnice 0.1.21 needs 50 seconds to find that none comes.
  if (has_property(nice.get(), "keepalive-conncheck"))
    g_object_set(nice.get(), "keepalive-conncheck", TRUE, nullptr);
  if (has_property(nice.get(), "ice-tcp"))
    g_object_set(nice.get(), "ice-tcp", ice.tcp ? TRUE : FALSE, nullptr);
}

void PeerPipeline::watch_connection(const std::shared_ptr<LastHeard>& heard) {
  const auto rtpbin =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(webrtcbin_.get()), "rtpbin"));
  if (!rtpbin) return;
  g_signal_connect_data(
      rtpbin.get(), "pad-added",
      G_CALLBACK(+[](GstElement*, GstPad* pad, std::shared_ptr<LastHeard>* last) {
        if (!g_str_has_prefix(GST_PAD_NAME(pad), "recv_rt") || !GST_PAD_IS_SINK(pad)) return;
        gst_pad_add_probe(
            pad,
            static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER |
                                         GST_PAD_PROBE_TYPE_BUFFER_LIST),
            [](GstPad*, GstPadProbeInfo*, gpointer data) {
              **static_cast<std::shared_ptr<LastHeard>*>(data) = g_get_monotonic_time();
              return GST_PAD_PROBE_OK;
            },
            std::make_unique<std::shared_ptr<LastHeard>>(*last).release(), free_last_heard);
      }),
      std::make_unique<std::shared_ptr<LastHeard>>(heard).release(),
      [](gpointer data, GClosure*) { free_last_heard(data); }, static_cast<GConnectFlags>(0));
}

void PeerPipeline::add_feed(const OfferedMedia& media, const std::string& name,
                            const std::shared_ptr<PeerFeed>& feed, bool retransmission) {
  const std::uint32_t ssrc = random_u32();
  auto source = create_feed_source(feed, "feed-" + name);
  gst_bin_add(GST_BIN(pipeline_.get()), source.get());

  // The first codec stands for all: the offer's codecs are rewritten (see offer.hpp).
  const auto caps = rtp_caps(media.codecs.front(), ssrc);
  // Asked for with caps, the pad comes with a transceiver of the right kind; without,
  // webrtcbin 1.22 makes a second one that it then cannot offer.
  const std::string pad_name = "sink_" + std::to_string(feeds_.size());
  GstPadTemplate* pad_template =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(webrtcbin_.get()), "sink_%u");
  const auto sink = Ref<GstPad>::adopt(
      gst_element_request_pad(webrtcbin_.get(), pad_template, pad_name.c_str(), caps.get()));
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(source.get(), "src"));
  if (!sink || gst_pad_link(pad.get(), sink.get()) != GST_PAD_LINK_OK) {
    throw Error(ErrorCode::kFailed, "webrtcbin refuses media " + name + ".");
  }
  GstWebRTCRTPTransceiver* object = nullptr;
  g_object_get(sink.get(), "transceiver", &object, nullptr);
  const auto transceiver = Ref<GstWebRTCRTPTransceiver>::adopt(object);
  configure(transceiver.get(), GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, media, caps,
            retransmission);
  feeds_.push_back({std::move(source), feed, transceiver, ssrc});
}

void PeerPipeline::add_reception(const OfferedMedia& media, const std::string& name,
                                 bool retransmission) {
  const auto caps = rtp_caps(media.codecs.front());
  constexpr auto kDirection = GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY;
  GstWebRTCRTPTransceiver* object = nullptr;
  g_signal_emit_by_name(webrtcbin_.get(), "add-transceiver", kDirection, caps.get(), &object);
  const auto transceiver = Ref<GstWebRTCRTPTransceiver>::adopt(object);
  if (!transceiver) throw Error(ErrorCode::kFailed, "webrtcbin refuses media " + name + ".");
  configure(transceiver.get(), kDirection, media, caps, retransmission);
}

void PeerPipeline::configure(GstWebRTCRTPTransceiver* transceiver,
                             GstWebRTCRTPTransceiverDirection direction, const OfferedMedia& media,
                             const Ref<GstCaps>& caps, bool retransmission) {
  g_object_set(transceiver, "direction", direction, "codec-preferences", caps.get(), nullptr);
  if (media.kind == MediaKind::kVideo && retransmission && has_property(transceiver, "do-nack"))
    g_object_set(transceiver, "do-nack", TRUE, nullptr);
}

void PeerPipeline::play() {
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    throw Error(ErrorCode::kFailed, "webrtcbin does not start.");
  }
}

void PeerPipeline::start_feed(const PeerFeed* target, const OfferedCodec& codec,
                              std::optional<int> playout_delay_id) {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(), [target](const Feed& candidate) {
    return candidate.feed.get() == target;
  });
  if (found == feeds_.end()) return;
  const Feed& feed = *found;
  const auto caps = rtp_caps(codec, feed.ssrc);
  // webrtcbin's pad takes only what its transceiver prefers.
  g_object_set(feed.transceiver.get(), "codec-preferences", caps.get(), nullptr);
  set_feed_caps(feed.source.get(), caps);
  feed.feed->start(
      {feed.ssrc, codec.format.codec->clock_rate, codec.payload_type, playout_delay_id});
}

Ref<GstWebRTCDTLSTransport> PeerPipeline::dtls_transport() const {
  GArray* array = nullptr;
  g_signal_emit_by_name(webrtcbin_.get(), "get-transceivers", &array);
  if (!array) return nullptr;
  Ref<GstWebRTCDTLSTransport> found;
  for (guint i = 0; i < array->len && !found; ++i) {
    auto* transceiver = g_array_index(array, GstWebRTCRTPTransceiver*, i);
    GstWebRTCRTPSender* object = nullptr;
    g_object_get(transceiver, "sender", &object, nullptr);
    const auto sender = Ref<GstWebRTCRTPSender>::adopt(object);
    if (!sender) continue;
    GstWebRTCDTLSTransport* dtls = nullptr;
    g_object_get(sender.get(), "transport", &dtls, nullptr);
    auto transport = Ref<GstWebRTCDTLSTransport>::adopt(dtls);
    if (transport && !certificate_of(transport.get()).empty()) found = std::move(transport);
  }
  g_array_unref(array);
  return found;
}

std::string PeerPipeline::remote_certificate() const {
  const auto transport = dtls_transport();
  return transport ? certificate_of(transport.get()) : "";
}

}  // namespace webrtcserver
