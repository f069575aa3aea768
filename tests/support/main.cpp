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

namespace {

using namespace std::chrono_literals;

// Each retransmission timer that a DTLS connection armed holds a reference until it runs out, a
// second or more after the connection was closed. That is no leak, so the leaks tracer's report has
// to wait. (Its own list of living objects cannot be asked: up to 1.22 it gives away references
// that it does not have.)
class DtlsConnections {
 public:
  // Watches from here on, where the leaks tracer runs.
  DtlsConnections() {
    GList* tracers = gst_tracing_get_active_tracers();
    for (GList* tracer = tracers; tracer; tracer = tracer->next) {
      if (std::string_view(G_OBJECT_TYPE_NAME(tracer->data)) != "GstLeaksTracer") continue;
      gst_tracing_register_hook(GST_TRACER(tracer->data), "object-created", G_CALLBACK(on_created));
      gst_tracing_register_hook(GST_TRACER(tracer->data), "object-destroyed",
                                G_CALLBACK(on_destroyed));
    }
    g_list_free_full(tracers, gst_object_unref);
  }

  static void wait_for_their_end() {
    std::unique_lock lock(mutex());
    changed().wait_for(lock, 30s, [] { return alive().empty(); });
  }

 private:
  static void on_created(GObject* /*tracer*/, GstClockTime /*time*/, GstObject* object) {
    if (std::string_view(G_OBJECT_TYPE_NAME(object)) != "GstDtlsConnection") return;
    const std::scoped_lock lock(mutex());
    alive().insert(object);
  }

  static void on_destroyed(GObject* /*tracer*/, GstClockTime /*time*/, gpointer object) {
    {
      const std::scoped_lock lock(mutex());
      alive().erase(object);
    }
    changed().notify_all();
  }

  // Objects end on any thread, at any time: these are never destroyed.
  static std::mutex& mutex() {
    static auto& instance = *new std::mutex;
    return instance;
  }
  static std::condition_variable& changed() {
    static auto& instance = *new std::condition_variable;
    return instance;
  }
  static std::set<gpointer>& alive() {
    static auto& instance = *new std::set<gpointer>;
    return instance;
  }
};

class GStreamer : public testing::Environment {
 public:
  void SetUp() override {
    // The plugin is the one just built, and what the user keeps is left alone.
    g_setenv("GST_PLUGIN_PATH", WEBRTCSERVER_PLUGIN_PATH, TRUE);
    g_setenv("GST_REGISTRY", WEBRTCSERVER_TEST_REGISTRY, TRUE);
    g_setenv("XDG_STATE_HOME", WEBRTCSERVER_TEST_STATE, TRUE);
    // A misuse of GLib or GStreamer fails the test that made it.
    g_log_set_always_fatal(static_cast<GLogLevelFlags>(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL));
    gst_init(nullptr, nullptr);
    const DtlsConnections watched;
  }

  // The leaks tracer reports when GStreamer ends.
  void TearDown() override {
    DtlsConnections::wait_for_their_end();
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
