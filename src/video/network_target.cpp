// SPDX-License-Identifier: LGPL-2.1-or-later
// RTP to one receiver or a multicast group, and RTMP to a server.
#include <gst/sdp/sdp.h>

#include "base/error.hpp"
#include "codec/property_settings.hpp"
#include "video/targets.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/guard.hpp"

namespace webrtcserver {

namespace {

constexpr int kDefaultRtpPort = 5004;
constexpr PropertySetting kPayloader[] = {{"mtu", "1200"},
                                          {"config-interval", "-1"},
                                          {"aggregate-mode", "zero-latency"},
                                          {"picture-id-mode", "15-bit"}};

// What a player needs to make sense of the packets (RFC 8866).
std::string describe_session(const std::string& host, int port, const GstCaps* caps) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new(&message);
  const Owned<GstSDPMessage> owned(message);
  const bool six = host.find(':') != std::string::npos;
  gst_sdp_message_set_version(message, "0");
  gst_sdp_message_set_origin(message, "-", "0", "0", "IN", six ? "IP6" : "IP4", host.c_str());
  gst_sdp_message_set_session_name(message, "gst-webrtc-server");
  gst_sdp_message_set_connection(message, "IN", six ? "IP6" : "IP4", host.c_str(), 0, 0);
  gst_sdp_message_add_time(message, "0", "0", nullptr);
  GstSDPMedia* media = nullptr;
  gst_sdp_media_new(&media);
  gst_sdp_media_set_proto(media, "RTP/AVP");
  gst_sdp_media_set_media_from_caps(caps, media);
  gst_sdp_media_set_port_info(media, static_cast<guint>(port), 1);
  gst_sdp_message_add_media(message, media);
  gst_sdp_media_free(media);
  return take_string(gst_sdp_message_as_text(message));
}

// Of one target; lives as long as its payloader's pad.
struct SessionFile {
  std::string path;  // empty: the log alone
  std::string host;
  int port = 0;
};

void write_session(const SessionFile& file, GstElement* payloader, const GstCaps* caps) {
  const std::string text = describe_session(file.host, file.port, caps);
  GST_INFO("A player needs this session description:\n%s", text.c_str());
  if (file.path.empty()) return;
  GError* error = nullptr;
  if (g_file_set_contents(file.path.c_str(), text.data(), static_cast<gssize>(text.size()), &error))
    return;
  const Owned<GError> owned(error);
  GST_ELEMENT_ERROR(payloader, RESOURCE, OPEN_WRITE,
                    ("The session description cannot be written: %s", error->message), (nullptr));
}

void watch_payloader(GstElement* payloader, SessionFile file) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader, "src"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      [](GstPad* source, GstPadProbeInfo* info, gpointer data) {
        guard("a session description", [&] {
          GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
          if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return;
          GstCaps* caps = nullptr;
          gst_event_parse_caps(event, &caps);
          const auto parent = Ref<GstElement>::adopt(gst_pad_get_parent_element(source));
          write_session(*static_cast<SessionFile*>(data), parent.get(), caps);
        });
        return GST_PAD_PROBE_OK;
      },
      new SessionFile(std::move(file)),
      [](gpointer data) { delete static_cast<SessionFile*>(data); });
}

}  // namespace

std::shared_ptr<Target> make_rtp_target(const TargetRequest& request) {
  ChainTarget::Plan plan = chain_plan(request);
  const Location& to = request.location;
  plan.build = [session = SessionFile{query_value(to, "sdp"), to.host,
                                      to.port == 0 ? kDefaultRtpPort : to.port},
                wait = request.wait](ElementChain& chain, const OutputCodec* codec) {
    if (codec->parser) chain.add(codec->parser, "parser");
    GstElement* payloader = chain.add(codec->payloader, "payloader");
    apply_settings(payloader, kPayloader);
    watch_payloader(payloader, session);
    GstElement* sink = chain.add("udpsink", "sink");
    g_object_set(sink, "host", session.host.c_str(), "port", session.port, "sync",
                 wait ? TRUE : FALSE, "async", FALSE, "qos", FALSE, nullptr);
    return sink;
  };
  return std::make_shared<ChainTarget>(std::move(plan), request.listener);
}

std::shared_ptr<Target> make_rtmp_target(const TargetRequest& request) {
  ChainTarget::Plan plan = chain_plan(request);
  plan.from_zero = !request.wait;  // what is paced has the clock's time
  plan.build = [uri = request.location.text, format = request.format, wait = request.wait](
                   ElementChain& chain, const OutputCodec* codec) {
    chain.add(codec->parser, "parser");
    apply_settings(chain.add(format->muxer, "muxer"), format->muxer_settings);
    GstElement* sink = chain.add("rtmp2sink", "sink");
    g_object_set(sink, "location", uri.c_str(), "sync", wait ? TRUE : FALSE, "async", FALSE, "qos",
                 FALSE, nullptr);
    return sink;
  };
  return std::make_shared<ChainTarget>(std::move(plan), request.listener);
}

}  // namespace webrtcserver
