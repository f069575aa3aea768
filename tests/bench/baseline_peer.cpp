// SPDX-License-Identifier: LGPL-2.1-or-later
#include "baseline_peer.hpp"

#include "main_context.hpp"

namespace webrtcserver::bench {

namespace {

std::string candidate_message(unsigned line, const char* candidate) {
  JsonWriter json;
  json.begin().add("type", "ice");
  json.begin("data").add("candidate", candidate).add("sdpMLineIndex", line).end();
  return json.end().text();
}

std::string offer_message(const std::string& sdp) {
  JsonWriter json;
  json.begin().add("type", "sdp");
  json.begin("data").add("type", "offer").add("sdp", sdp).end();
  return json.end().text();
}

// Without this libnice asks routers to open ports, which delays every answer by 200 ms.
void switch_upnp_off(GstElement* webrtc) {
  GstObject* ice = nullptr;
  g_object_get(webrtc, "ice-agent", &ice, nullptr);
  const auto owned_ice = Ref<GstObject>::adopt(ice);
  GObject* agent = nullptr;
  g_object_get(ice, "agent", &agent, nullptr);
  const auto owned_agent = Ref<GObject>::adopt(agent);
  g_object_set(agent, "upnp", FALSE, nullptr);
}

}  // namespace

Ref<GstElement> find_element(GstElement* bin, const char* name) {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin), name));
}

BaselinePeer::BaselinePeer(GstElement* pipeline, SoupWebsocketConnection* socket)
    : pipeline_(Ref<GstElement>::retain(pipeline)),
      socket_(Ref<SoupWebsocketConnection>::retain(socket)) {}

void BaselinePeer::make_webrtc() {
  webrtc_ = Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", nullptr));
  gst_util_set_object_arg(G_OBJECT(webrtc_.get()), "bundle-policy", "max-bundle");
  switch_upnp_off(webrtc_.get());
  connect("on-negotiation-needed", [](GstElement*, gpointer data) {
    if (auto peer = lock(data)) peer->create_offer();
  });
  connect("on-ice-candidate", [](GstElement*, guint line, const char* candidate, gpointer data) {
    auto peer = lock(data);
    if (!peer) return;
    post([peer, text = candidate_message(line, candidate)] { peer->send(text); });
  });
  connect("notify::connection-state", [](GstElement* webrtc, GParamSpec*, gpointer data) {
    auto peer = lock(data);
    GstWebRTCPeerConnectionState state{};
    g_object_get(webrtc, "connection-state", &state, nullptr);
    if (peer && state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED) peer->on_connected();
  });
  connect("pad-added", [](GstElement*, GstPad* pad, gpointer data) {
    auto peer = lock(data);
    if (peer && GST_PAD_IS_SRC(pad)) peer->on_pad(pad);
  });
}

void BaselinePeer::send(const std::string& text) {
  if (soup_websocket_connection_get_state(socket_.get()) != SOUP_WEBSOCKET_STATE_OPEN) return;
  soup_websocket_connection_send_text(socket_.get(), text.c_str());
}

void BaselinePeer::create_offer() {
  auto on_reply = [](GstPromise* promise, gpointer data) {
    const auto owned = Ref<GstPromise>::adopt(promise);
    if (auto peer = lock(data)) peer->on_offer(promise);
  };
  auto free_data = [](gpointer data) { free_closure(data, nullptr); };
  GstPromise* promise = gst_promise_new_with_change_func(on_reply, closure(), free_data);
  g_signal_emit_by_name(webrtc_.get(), "create-offer", nullptr, promise);
}

void BaselinePeer::on_offer(GstPromise* promise) {
  GstWebRTCSessionDescription* description = nullptr;
  gst_structure_get(gst_promise_get_reply(promise), "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION,
                    &description, nullptr);
  const Owned<GstWebRTCSessionDescription> offer(description);
  g_signal_emit_by_name(webrtc_.get(), "set-local-description", offer.get(), nullptr);
  post([peer = shared_from_this(),
        text = offer_message(take_string(gst_sdp_message_as_text(offer->sdp)))] {
    peer->send(text);
  });
}

void BaselinePeer::on_message(const JsonReader& message) {
  const auto type = message.string("type");
  const auto data = message.object("data");
  if (!type || !data) return;
  if (*type == "sdp") {
    GstSDPMessage* sdp = nullptr;
    gst_sdp_message_new_from_text(data->string("sdp").value_or("").c_str(), &sdp);
    const Owned<GstWebRTCSessionDescription> answer(
        gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, sdp));
    g_signal_emit_by_name(webrtc_.get(), "set-remote-description", answer.get(), nullptr);
  } else if (*type == "ice") {
    g_signal_emit_by_name(webrtc_.get(), "add-ice-candidate",
                          static_cast<guint>(data->integer("sdpMLineIndex").value_or(0)),
                          data->string("candidate").value_or("").c_str());
  }
}

}  // namespace webrtcserver::bench
