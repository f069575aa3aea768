// SPDX-License-Identifier: LGPL-2.1-or-later
// Text that bounces over moving shapes; browsers say which text and how fast, and start and stop
// it. NVIDIA's Holoviz page can be used in place of the built-in one. See README.md.
#include <glib-unix.h>
#include <gst/gst.h>
#include <gst/webrtcserver/webrtcserver.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "holoviz.hpp"
#include "knobs.hpp"
#include "options.hpp"
#include "scene.hpp"

namespace {

constexpr int kWidth = 1920;
constexpr int kHeight = 1080;
constexpr const char* kStream = "output";
constexpr guint kIndicatorInterval = 250;  // ms

// The program: its main loop's thread.
class RemoteControl {
 public:
  explicit RemoteControl(const Options& options);
  ~RemoteControl();
  RemoteControl(const RemoteControl&) = delete;
  RemoteControl& operator=(const RemoteControl&) = delete;

  // Until the user ends it. Throws std::runtime_error.
  void run();

 private:
  void start_server(const Options& options);
  void make_pipeline(const Options& options);
  void on_holoviz();  // a Holoviz page is about to watch
  void on_viewers();  // somebody came or went
  void on_message(GstMessage* message);

  const bool verbose_;
  Scene scene_{kWidth, kHeight};
  Knobs knobs_{scene_};
  GMainLoop* const loop_ = g_main_loop_new(nullptr, FALSE);
  GstWebRTCServerServer* server_ = nullptr;
  GstElement* pipeline_ = nullptr;
  GstElement* sink_ = nullptr;
  std::unique_ptr<Holoviz> holoviz_;
  bool started_by_holoviz_ = false;
  std::string failure_;
};

// Takes the error, by reference: as an argument it is looked at before the call beside it fills it.
void check(bool done, GError* const& error) {
  if (done) return;
  const std::string message = error->message;
  g_error_free(error);
  throw std::runtime_error(message);
}

RemoteControl::RemoteControl(const Options& options) : verbose_(options.verbose) {
  start_server(options);
  make_pipeline(options);
}

RemoteControl::~RemoteControl() {
  // No main loop runs any more, and requests are answered on another thread.
  holoviz_.reset();
  if (pipeline_) gst_element_set_state(pipeline_, GST_STATE_NULL);
  if (server_) gst_webrtc_server_server_stop(server_);
  for (gpointer object : {gpointer(sink_), gpointer(pipeline_), gpointer(server_)})
    if (object) g_object_unref(object);
  g_main_loop_unref(loop_);
}

void RemoteControl::start_server(const Options& options) {
  server_ = gst_webrtc_server_server_new(options.uri(options.port).c_str());
  std::vector<const char*> ice_servers;
  for (const std::string& server : options.ice_servers) ice_servers.push_back(server.c_str());
  ice_servers.push_back(nullptr);
  g_object_set(server_, "ice-servers", ice_servers.data(), nullptr);
  if (!options.cert_file.empty()) {
    g_object_set(server_, "tls-certificate", options.cert_file.c_str(), "tls-key",
                 options.key_file.c_str(), nullptr);
  }
  holoviz_ = std::make_unique<Holoviz>(
      server_, kStream,
      Holoviz::Wishes{[this] { on_holoviz(); },
                      [this](const std::string& text, double speed) { knobs_.set(text, speed); }});
  if (!options.page.empty()) {
    for (const std::string& why : holoviz_->serve_page(options.page))
      if (verbose_) std::printf("Left out of the page: %s\n", why.c_str());
  }
  GError* error = nullptr;
  check(gst_webrtc_server_server_start(server_, &error), error);
}

void RemoteControl::make_pipeline(const Options& options) {
  gchar* description = g_strdup_printf(
      "videotestsrc is-live=true pattern=solid-color foreground-color=0xff101820 "
      "! video/x-raw,format=I420,width=%d,height=%d,framerate=60/1 "
      "! overlaycomposition name=scene ! video/x-raw,format=I420 "
      "! webrtcserversink name=sink run-policy=manual",
      kWidth, kHeight);
  GError* error = nullptr;
  pipeline_ = gst_parse_launch(description, &error);
  g_free(description);
  check(!error, error);
  sink_ = gst_bin_get_by_name(GST_BIN(pipeline_), "sink");
  // The server that runs at this address takes the stream.
  guint port = 0;
  g_object_get(server_, "port", &port, nullptr);
  const std::string uri = options.uri(static_cast<int>(port)) + "/" + kStream;
  g_object_set(sink_, "uri", uri.c_str(), "remote-controls", knobs_.controls(), nullptr);
  const auto draw = +[](GstElement*, GstSample*, Scene* scene) { return scene->draw(); };
  GstElement* scene = gst_bin_get_by_name(GST_BIN(pipeline_), "scene");
  g_signal_connect(scene, "draw", G_CALLBACK(draw), &scene_);
  gst_object_unref(scene);
}

void RemoteControl::on_holoviz() {
  if (verbose_) std::puts("A Holoviz page starts the pipeline.");
  started_by_holoviz_ = true;
  g_signal_emit_by_name(sink_, "start");
}

void RemoteControl::on_viewers() {
  guint viewers = 0;
  g_object_get(sink_, "viewers", &viewers, nullptr);
  if (verbose_) std::printf("%u watching.\n", viewers);
  if (viewers > 0 || !std::exchange(started_by_holoviz_, false)) return;
  g_signal_emit_by_name(sink_, "stop");
}

void RemoteControl::on_message(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_REQUEST_STATE: {
      // Somebody has pressed Start or Stop.
      GstState state = GST_STATE_NULL;
      gst_message_parse_request_state(message, &state);
      if (verbose_) std::puts(state == GST_STATE_PLAYING ? "Started." : "Stopped.");
      gst_element_set_state(pipeline_, state);
      break;
    }
    case GST_MESSAGE_ERROR: {
      GError* error = nullptr;
      gst_message_parse_error(message, &error, nullptr);
      failure_ = error->message;
      g_error_free(error);
      g_main_loop_quit(loop_);
      break;
    }
    default:
      break;
  }
}

void RemoteControl::run() {
  GstBus* bus = gst_element_get_bus(pipeline_);
  gst_bus_add_signal_watch(bus);
  const auto on_message =
      +[](GstBus*, GstMessage* message, RemoteControl* self) { self->on_message(message); };
  g_signal_connect(bus, "message", G_CALLBACK(on_message), this);
  // It comes on a thread of the element's.
  const auto on_viewers = +[](GstElement*, GParamSpec*, gpointer self) {
    g_idle_add(
        [](gpointer data) -> gboolean {
          static_cast<RemoteControl*>(data)->on_viewers();
          return G_SOURCE_REMOVE;
        },
        self);
  };
  g_signal_connect(sink_, "notify::viewers", G_CALLBACK(on_viewers), this);
  const auto tell = +[](gpointer self) -> gboolean {
    static_cast<RemoteControl*>(self)->knobs_.tell_bounces();
    return G_SOURCE_CONTINUE;
  };
  g_timeout_add(kIndicatorInterval, tell, this);
  const auto quit = +[](gpointer loop) -> gboolean {
    g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_CONTINUE;
  };
  g_unix_signal_add(SIGINT, quit, loop_);
  g_unix_signal_add(SIGTERM, quit, loop_);

  gst_element_set_state(pipeline_, GST_STATE_PAUSED);
  gchar** urls = nullptr;
  g_object_get(server_, "urls", &urls, nullptr);
  gchar* text = g_strjoinv(", ", urls);
  std::printf("Open %s\n", text);
  g_free(text);
  g_strfreev(urls);
  g_main_loop_run(loop_);
  gst_bus_remove_signal_watch(bus);
  gst_object_unref(bus);
  if (!failure_.empty()) throw std::runtime_error(failure_);
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  try {
    const Options options = parse_options(argc, argv);
    RemoteControl(options).run();
    return 0;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "remote-control: %s (--help tells what there is)\n", error.what());
    return 2;
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "remote-control: %s\n", error.what());
    return 1;
  }
}
