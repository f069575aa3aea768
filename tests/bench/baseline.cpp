// SPDX-License-Identifier: LGPL-2.1-or-later
#include "baseline.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "base/guard.hpp"
#include "base/json.hpp"
#include "baseline_publisher.hpp"
#include "baseline_viewer.hpp"

namespace webrtcserver::bench {

std::string Baseline::sink_description(unsigned bits_per_second) {
  const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  return "x264enc name=encoder tune=zerolatency speed-preset=superfast key-int-max=2560 bframes=0 "
         "b-adapt=false aud=false vbv-buf-capacity=120 threads=" +
         std::to_string(threads) + " bitrate=" + std::to_string(bits_per_second / 1000) +
         " ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=96 mtu=1200 "
         "config-interval=-1 aggregate-mode=zero-latency ! tee name=tee allow-not-linked=true";
}

std::string Baseline::raw_source_description() {
  // The decoder's settings are those of src/codec/decoder_table.cpp.
  return encoded_source_description() +
         " ! avdec_h264 automatic-request-sync-points=true max-errors=-1 qos=false "
         "thread-type=slice output-corrupt=false ! videoconvert";
}

std::string Baseline::encoded_source_description() {
  return "rtph264depay name=entrance wait-for-keyframe=true request-keyframe=true ! h264parse";
}

Baseline::Baseline(Ref<GstElement> pipeline, std::uint16_t port)
    : pipeline_(std::move(pipeline)),
      server_(Ref<SoupServer>::adopt(soup_server_new(nullptr, nullptr))) {
  for (const char* path : {"/output", "/input"}) {
    soup_server_add_websocket_handler(server_.get(), path, nullptr, nullptr, on_socket, this,
                                      nullptr);
  }
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

void Baseline::on_socket(SoupServer* /*server*/, SoupServerMessage* /*message*/, const char* path,
                         SoupWebsocketConnection* socket, gpointer self) {
  auto* baseline = static_cast<Baseline*>(self);
  GstElement* pipeline = baseline->pipeline_.get();
  const auto peer = [&]() -> std::shared_ptr<BaselinePeer> {
    if (std::string_view(path) == "/input")
      return std::make_shared<BaselinePublisher>(pipeline, socket);
    return std::make_shared<BaselineViewer>(pipeline, socket);
  }();
  baseline->peers_.emplace(socket, peer);
  auto on_message = [](SoupWebsocketConnection* socket, int, GBytes* bytes, gpointer self) {
    guard("baseline message", [&] {
      gsize size = 0;
      const auto* text = static_cast<const char*>(g_bytes_get_data(bytes, &size));
      static_cast<Baseline*>(self)->peers_.at(socket)->on_message(JsonReader({text, size}));
    });
  };
  auto on_closed = [](SoupWebsocketConnection* socket, gpointer self) {
    auto node = static_cast<Baseline*>(self)->peers_.extract(socket);
    if (node) node.mapped()->leave();
  };
  g_signal_connect(socket, "message", G_CALLBACK(+on_message), baseline);
  g_signal_connect(socket, "closed", G_CALLBACK(+on_closed), baseline);
  peer->join();
}

}  // namespace webrtcserver::bench
