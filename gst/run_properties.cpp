// SPDX-License-Identifier: LGPL-2.1-or-later
#include "run_properties.hpp"

#include <utility>

#include "server_properties.hpp"

namespace webrtcserver {

namespace {

// Behind those that the element numbers from kFirstElementProperty on.
enum Property : guint { kRunPolicy = 200, kIdleTimeout };

GType run_policy_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(RunPolicy::kAlways), "Runs whether or not somebody watches", "always"},
      {static_cast<int>(RunPolicy::kOnDemand),
       "The first viewer starts it; idle-timeout after the last has left it is paused",
       "on-demand"},
      {static_cast<int>(RunPolicy::kManual), "Browsers start and stop it", "manual"},
      {0, nullptr, nullptr},
  };
  static const GType type = g_enum_register_static("GstWebRTCServerRunPolicy", values);
  return type;
}

}  // namespace

void install_run_properties(GObjectClass* klass) {
  const RunSettings defaults;
  g_object_class_install_property(
      klass, kRunPolicy,
      g_param_spec_enum("run-policy", "Run policy",
                        "When the pipeline runs. Where start-requested and stop-requested are not "
                        "handled, the element requests PLAYING and PAUSED by a message, and lets "
                        "nothing through while it is stopped",
                        run_policy_type(), static_cast<int>(defaults.policy), kLiveProperty));
  g_object_class_install_property(
      klass, kIdleTimeout,
      g_param_spec_uint("idle-timeout", "Idle timeout",
                        "Milliseconds without a viewer until a pipeline with run-policy=on-demand "
                        "is paused: long enough for one who comes back at once",
                        0, G_MAXINT, static_cast<guint>(defaults.idle_timeout.count()),
                        kLiveProperty));
}

bool set_run_property(RunSettings& settings, guint id, const GValue* value) {
  switch (id) {
    case kRunPolicy:
      settings.policy = static_cast<RunPolicy>(g_value_get_enum(value));
      return true;
    case kIdleTimeout:
      settings.idle_timeout = std::chrono::milliseconds(g_value_get_uint(value));
      return true;
    default:
      return false;
  }
}

bool get_run_property(const RunSettings& settings, guint id, GValue* value) {
  switch (id) {
    case kRunPolicy:
      g_value_set_enum(value, static_cast<int>(settings.policy));
      return true;
    case kIdleTimeout:
      g_value_set_uint(value, static_cast<guint>(settings.idle_timeout.count()));
      return true;
    default:
      return false;
  }
}

void install_run_signals(GType type) {
  for (const char* name : {"start-requested", "stop-requested"}) {
    g_signal_new(name, type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, nullptr,
                 nullptr, G_TYPE_BOOLEAN, 0);
  }
}

bool emit_run_requested(GstElement* element, bool run) {
  gboolean handled = FALSE;
  g_signal_emit_by_name(element, run ? "start-requested" : "stop-requested", &handled);
  return handled != FALSE;
}

void install_run_actions(GType type, GCallback start, GCallback stop) {
  constexpr auto kAction = static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION);
  for (const auto& [name, callback] : {std::pair("start", start), std::pair("stop", stop)}) {
    g_signal_new_class_handler(name, type, kAction, callback, nullptr, nullptr, nullptr,
                               G_TYPE_NONE, 0);
  }
}

void wish_run(const std::shared_ptr<Stream>& stream, bool run) {
  if (!stream) return;
  stream->loop().post([stream, run] { stream->run()->wish(run, [](const auto&) {}); });
}

}  // namespace webrtcserver
