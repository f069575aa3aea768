// SPDX-License-Identifier: LGPL-2.1-or-later
// main.cpp — the entry of every GoogleTest executable: starts GStreamer and stops it again.
#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string_view>

#include "support/sanitizers.hpp"

namespace {

using namespace std::chrono_literals;

// Objects that are alive, on any thread and at any time: never destroyed.
class Living {
 public:
  void add(gpointer object) {
    const std::scoped_lock lock(mutex_);
    objects_.insert(object);
  }
  void remove(gpointer object) {
    const std::scoped_lock lock(mutex_);
    objects_.erase(object);
    changed_.notify_all();
  }
  void wait_for_their_end() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 30s, [this] { return objects_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<gpointer> objects_;
};

// A worker may be on its way with a pipeline when a test ends: one that a handler on its own thread
// has stopped, above all. GStreamer must not end under it.
Living& pipelines() {
  static auto& instance = *new Living;
  return instance;
}

// Each retransmission timer that a DTLS connection armed holds a reference until it runs out, a
// second or more after the connection was closed. That is no leak, so the leaks tracer's report has
// to wait. (Its own list of living objects cannot be asked: up to 1.22 it gives away references
// that it does not have.)
Living& dtls_connections() {
  static auto& instance = *new Living;
  return instance;
}

void on_created(GObject* /*tracer*/, GstClockTime /*time*/, GstObject* object) {
  if (GST_IS_PIPELINE(object)) pipelines().add(object);
  if (std::string_view(G_OBJECT_TYPE_NAME(object)) == "GstDtlsConnection")
    dtls_connections().add(object);
}

void on_destroyed(GObject* /*tracer*/, GstClockTime /*time*/, gpointer object) {
  pipelines().remove(object);
  dtls_connections().remove(object);
}

// Hooks belong to a tracer: one that does nothing of itself.
void watch_objects() {
  const GType type = g_type_register_static_simple(GST_TYPE_TRACER, "WebrtcServerTestTracer",
                                                   sizeof(GstTracerClass), nullptr,
                                                   sizeof(GstTracer), nullptr, GTypeFlags{});
  auto* tracer = static_cast<GstTracer*>(g_object_new(type, nullptr));
  GST_OBJECT_FLAG_SET(tracer, GST_OBJECT_FLAG_MAY_BE_LEAKED);  // it ends with GStreamer
  gst_tracing_register_hook(tracer, "object-created", G_CALLBACK(on_created));
  gst_tracing_register_hook(tracer, "object-destroyed", G_CALLBACK(on_destroyed));
  gst_object_unref(tracer);  // the hooks hold it
}

bool is_looking_for_leaks() {
  const char* tracers = g_getenv("GST_TRACERS");
  return tracers && std::string_view(tracers).find("leaks") != std::string_view::npos;
}

class GStreamer : public testing::Environment {
 public:
  void SetUp() override {
    // The plugin is the one just built, and what the user keeps is left alone.
    g_setenv("GST_PLUGIN_PATH", WEBRTCSERVER_PLUGIN_PATH, TRUE);
    g_setenv("GST_REGISTRY", WEBRTCSERVER_TEST_REGISTRY, TRUE);
    g_setenv("XDG_STATE_HOME", WEBRTCSERVER_TEST_STATE, TRUE);
    // A misuse of GLib or GStreamer fails the test that made it.
    g_log_set_always_fatal(static_cast<GLogLevelFlags>(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL));
    {
      const webrtcserver::test::StartUp start_up;
      gst_init(nullptr, nullptr);
    }
    watch_objects();
  }

  void TearDown() override {
    pipelines().wait_for_their_end();
    if (!is_looking_for_leaks()) return;
    // The leaks tracer reports when GStreamer ends; nobody else needs that, and the thread that has
    // let go of the last pipeline may still be within GStreamer.
    dtls_connections().wait_for_their_end();
    gst_deinit();
  }
};

}  // namespace

int main(int argc, char** argv) {
  // DTLS timers run on for a second behind a closed connection, and so behind the end of main().
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  testing::InitGoogleMock(&argc, argv);
  // An environment is not set up for --gtest_list_tests: listing the tests scans no plugins.
  testing::AddGlobalTestEnvironment(new GStreamer);  // GoogleTest owns it.
  return RUN_ALL_TESTS();
}
