// SPDX-License-Identifier: LGPL-2.1-or-later
// main.cpp — the entry of every GoogleTest executable: starts GStreamer and stops it again.
#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string_view>
#include <thread>

namespace {

using namespace std::chrono_literals;

// Whether the leaks tracer knows of a living object of this type.
bool lives(GObject* leaks_tracer, std::string_view type_name) {
  GstStructure* info = nullptr;
  g_signal_emit_by_name(leaks_tracer, "get-live-objects", &info);
  const GValue* objects = gst_structure_get_value(info, "live-objects-list");
  bool found = false;
  for (guint i = 0; i < gst_value_list_get_size(objects) && !found; ++i) {
    const GstStructure* row = gst_value_get_structure(gst_value_list_get_value(objects, i));
    found = type_name == G_VALUE_TYPE_NAME(gst_structure_get_value(row, "object"));
  }
  gst_structure_free(info);
  return found;
}

// Each retransmission timer that a DTLS connection armed holds a reference until it runs out, a
// second or more after the connection was closed. That is no leak, so the tracer's report waits.
void let_dtls_timers_run_out() {
  GList* tracers = gst_tracing_get_active_tracers();
  for (GList* tracer = tracers; tracer; tracer = tracer->next) {
    if (std::string_view(G_OBJECT_TYPE_NAME(tracer->data)) != "GstLeaksTracer") continue;
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (lives(G_OBJECT(tracer->data), "GstDtlsConnection") &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(100ms);
    }
  }
  g_list_free_full(tracers, gst_object_unref);
}

class GStreamer : public testing::Environment {
 public:
  void SetUp() override {
    // The plugin is the one just built, and the user's registry is left alone.
    g_setenv("GST_PLUGIN_PATH", WEBRTCSERVER_PLUGIN_PATH, TRUE);
    g_setenv("GST_REGISTRY", WEBRTCSERVER_TEST_REGISTRY, TRUE);
    // A misuse of GLib or GStreamer fails the test that made it.
    g_log_set_always_fatal(static_cast<GLogLevelFlags>(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL));
    gst_init(nullptr, nullptr);
  }

  // The leaks tracer reports when GStreamer ends.
  void TearDown() override {
    let_dtls_timers_run_out();
    gst_deinit();
  }
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  // An environment is not set up for --gtest_list_tests: listing the tests scans no plugins.
  testing::AddGlobalTestEnvironment(new GStreamer);  // GoogleTest owns it.
  return RUN_ALL_TESTS();
}
