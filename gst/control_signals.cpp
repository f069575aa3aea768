// SPDX-License-Identifier: LGPL-2.1-or-later
#include "control_signals.hpp"

#include "server/control_holder.hpp"

namespace webrtcserver {

guint install_control_changed(GType type) {
  return g_signal_new("control-changed", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VALUE);
}

void emit_control_changed(GstElement* element, guint signal, const std::string& name,
                          const ControlValue& value) {
  GValue given = G_VALUE_INIT;
  if (const auto* flag = std::get_if<bool>(&value)) {
    g_value_init(&given, G_TYPE_BOOLEAN);
    g_value_set_boolean(&given, *flag ? TRUE : FALSE);
  } else if (const auto* number = std::get_if<double>(&value)) {
    g_value_init(&given, G_TYPE_DOUBLE);
    g_value_set_double(&given, *number);
  } else {
    g_value_init(&given, G_TYPE_STRING);
    g_value_set_string(&given, std::get<std::string>(value).c_str());
  }
  g_signal_emit(element, signal, 0, name.c_str(), &given);
  g_value_unset(&given);
}

GType control_policy_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(ControlPolicy::kAll), "Everybody who may control does", "all"},
      {static_cast<int>(ControlPolicy::kFirst),
       "Whoever came first, until that one leaves or gives it back; then the next", "first"},
      {static_cast<int>(ControlPolicy::kExclusive),
       "Whoever takes it, until that one leaves or gives it back", "exclusive"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstWebRTCServerControlPolicy", values);
  return type;
}

}  // namespace webrtcserver
