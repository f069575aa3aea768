// SPDX-License-Identifier: LGPL-2.1-or-later
#include "baseline.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <thread>

#include "base/guard.hpp"
#include "base/json.hpp"

namespace webrtcserver::bench {

namespace {

Ref<GstElement> find(GstElement* bin, const char* name) {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin), name));
}

// Runs `task` on the main context: webrtcbin calls from threads of its own, libsoup must not be
// called from there.
void post(std::function<void()> task) {
  g_main_context_invoke_full(
      nullptr, G_PRIORITY_DEFAULT,
      [](gpointer data) -> gboolean {
        (*static_cast<std::function<void()>*>(data))();
        return G_SOURCE_REMOVE;
      },
      new std::function<void()>(std::move(task)),
      [](gpointer data) { delete static_cast<std::function<void()>*>(data); });
}

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

void make_send_only(GstElement* webrtc) {
  GstWebRTCRTPTransceiver* transceiver = nullptr;
  g_signal_emit_by_name(webrtc, "get-transceiver", 0, &transceiver);
  const auto owned = Ref<GstWebRTCRTPTransceiver>::adopt(transceiver);
  g_object_set(transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, nullptr);
}

}  // namespace

class Baseline::Viewer : public std::enable_shared_from_this<Viewer> {
 public:
  Viewer(GstElement* pipeline, SoupWebsocketConnection* socket)
      : pipeline_(Ref<GstElement>::retain(pipeline)),
        socket_(Ref<SoupWebsocketConnection>::retain(socket)) {}

  void join();
  void leave();
  void on_message(const JsonReader& message);

 private:
  using WeakViewer = std::weak_ptr<Viewer>;

  // The closure of a signal handler or promise: it may outlive the viewer, so it holds it weakly.
  WeakViewer* closure() { return new WeakViewer(weak_from_this()); }
  static void free_closure(gpointer data, GClosure* /*closure*/) {
    delete static_cast<WeakViewer*>(data);
  }
  static std::shared_ptr<Viewer> lock(gpointer data) {
    return static_cast<WeakViewer*>(data)->lock();
  }

  template <typename Handler>
  void connect(const char* signal, Handler handler) {
    g_signal_connect_data(webrtc_.get(), signal, G_CALLBACK(+handler), closure(), free_closure,
                          GConnectFlags{});
  }

  void send(const std::string& text) {
    soup_websocket_connection_send_text(socket_.get(), text.c_str());
  }
  void create_offer();
  void on_offer(GstPromise* promise);

  Ref<GstElement> pipeline_;
  Ref<SoupWebsocketConnection> socket_;
  Ref<GstElement> queue_;
  Ref<GstElement> webrtc_;
  Ref<GstPad> tee_pad_;
};

void Baseline::Viewer::join() {
  queue_ = Ref<GstElement>::sink(gst_element_factory_make("queue", nullptr));
  webrtc_ = Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", nullptr));
  gst_util_set_object_arg(G_OBJECT(webrtc_.get()), "bundle-policy", "max-bundle");
  switch_upnp_off(webrtc_.get());
  connect("on-negotiation-needed", [](GstElement*, gpointer data) {
    if (auto viewer = lock(data)) viewer->create_offer();
  });
  connect("on-ice-candidate", [](GstElement*, guint line, const char* candidate, gpointer data) {
    auto viewer = lock(data);
    if (!viewer) return;
    post([viewer, text = candidate_message(line, candidate)] { viewer->send(text); });
  });
  connect("notify::connection-state", [](GstElement* webrtc, GParamSpec*, gpointer data) {
    auto viewer = lock(data);
    GstWebRTCPeerConnectionState state{};
    g_object_get(webrtc, "connection-state", &state, nullptr);
    if (!viewer || state != GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED) return;
    gst_element_send_event(
        find(viewer->pipeline_.get(), "encoder").get(),
        gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
  });

  // The branch runs before the tee feeds it: an element that is not yet active would answer
  // FLUSHING and stop the source for everybody.
  auto tee = find(pipeline_.get(), "tee");
  gst_bin_add_many(GST_BIN(pipeline_.get()), queue_.get(), webrtc_.get(), nullptr);
  gst_element_link_pads(queue_.get(), "src", webrtc_.get(), "sink_0");
  make_send_only(webrtc_.get());
  gst_element_sync_state_with_parent(webrtc_.get());
  gst_element_sync_state_with_parent(queue_.get());
  tee_pad_ = Ref<GstPad>::adopt(gst_element_request_pad_simple(tee.get(), "src_%u"));
  auto queue_pad = Ref<GstPad>::adopt(gst_element_get_static_pad(queue_.get(), "sink"));
  gst_pad_link(tee_pad_.get(), queue_pad.get());
}

void Baseline::Viewer::leave() {
  // While the tee waits for this viewer's full queue its pad is never idle; the branch then stays,
  // and with it the stream.
  gst_pad_add_probe(
      tee_pad_.get(), GST_PAD_PROBE_TYPE_IDLE,
      [](GstPad* pad, GstPadProbeInfo*, gpointer data) -> GstPadProbeReturn {
        auto viewer = *static_cast<std::shared_ptr<Viewer>*>(data);
        auto queue_pad = Ref<GstPad>::adopt(gst_pad_get_peer(pad));
        gst_pad_unlink(pad, queue_pad.get());
        post([viewer] {
          gst_element_set_state(viewer->webrtc_.get(), GST_STATE_NULL);
          gst_element_set_state(viewer->queue_.get(), GST_STATE_NULL);
          gst_bin_remove_many(GST_BIN(viewer->pipeline_.get()), viewer->queue_.get(),
                              viewer->webrtc_.get(), nullptr);
          auto tee = find(viewer->pipeline_.get(), "tee");
          gst_element_release_request_pad(tee.get(), viewer->tee_pad_.get());
        });
        return GST_PAD_PROBE_REMOVE;
      },
      new std::shared_ptr<Viewer>(shared_from_this()),
      [](gpointer data) { delete static_cast<std::shared_ptr<Viewer>*>(data); });
}

void Baseline::Viewer::create_offer() {
  auto on_reply = [](GstPromise* promise, gpointer data) {
    const auto owned = Ref<GstPromise>::adopt(promise);
    if (auto viewer = lock(data)) viewer->on_offer(promise);
  };
  auto free_data = [](gpointer data) { free_closure(data, nullptr); };
  GstPromise* promise = gst_promise_new_with_change_func(on_reply, closure(), free_data);
  g_signal_emit_by_name(webrtc_.get(), "create-offer", nullptr, promise);
}

void Baseline::Viewer::on_offer(GstPromise* promise) {
  GstWebRTCSessionDescription* description = nullptr;
  gst_structure_get(gst_promise_get_reply(promise), "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION,
                    &description, nullptr);
  const Owned<GstWebRTCSessionDescription> offer(description);
  g_signal_emit_by_name(webrtc_.get(), "set-local-description", offer.get(), nullptr);
  post([viewer = shared_from_this(),
        text = offer_message(take_string(gst_sdp_message_as_text(offer->sdp)))] {
    viewer->send(text);
  });
}

void Baseline::Viewer::on_message(const JsonReader& message) {
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

std::string Baseline::sink_description(unsigned bits_per_second) {
  const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  return "x264enc name=encoder tune=zerolatency speed-preset=superfast key-int-max=2560 bframes=0 "
         "b-adapt=false aud=false vbv-buf-capacity=120 threads=" +
         std::to_string(threads) + " bitrate=" + std::to_string(bits_per_second / 1000) +
         " ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=96 mtu=1200 "
         "config-interval=-1 aggregate-mode=zero-latency ! tee name=tee allow-not-linked=true";
}

Baseline::Baseline(Ref<GstElement> pipeline, std::uint16_t port)
    : pipeline_(std::move(pipeline)),
      server_(Ref<SoupServer>::adopt(soup_server_new(nullptr, nullptr))) {
  soup_server_add_websocket_handler(server_.get(), "/output", nullptr, nullptr, on_socket, this,
                                    nullptr);
  auto on_health = [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*, gpointer) {
    soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
    soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_STATIC, "ok\n", 3);
  };
  soup_server_add_handler(server_.get(), "/healthz", on_health, nullptr, nullptr);
  auto address =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", port));
  GError* error = nullptr;
  if (!soup_server_listen(server_.get(), address.get(), SoupServerListenOptions{}, &error)) {
    const Owned<GError> owned(error);
    throw std::runtime_error("baseline: " + std::string(owned->message));
  }
}

Baseline::~Baseline() = default;

void Baseline::on_socket(SoupServer* /*server*/, SoupServerMessage* /*message*/,
                         const char* /*path*/, SoupWebsocketConnection* socket, gpointer self) {
  auto* baseline = static_cast<Baseline*>(self);
  auto viewer = std::make_shared<Viewer>(baseline->pipeline_.get(), socket);
  baseline->viewers_.emplace(socket, viewer);
  auto on_message = [](SoupWebsocketConnection* socket, int, GBytes* bytes, gpointer self) {
    guard("baseline message", [&] {
      gsize size = 0;
      const auto* text = static_cast<const char*>(g_bytes_get_data(bytes, &size));
      static_cast<Baseline*>(self)->viewers_.at(socket)->on_message(JsonReader({text, size}));
    });
  };
  auto on_closed = [](SoupWebsocketConnection* socket, gpointer self) {
    auto node = static_cast<Baseline*>(self)->viewers_.extract(socket);
    if (node) node.mapped()->leave();
  };
  g_signal_connect(socket, "message", G_CALLBACK(+on_message), baseline);
  g_signal_connect(socket, "closed", G_CALLBACK(+on_closed), baseline);
  viewer->join();
}

}  // namespace webrtcserver::bench
