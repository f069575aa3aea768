// SPDX-License-Identifier: LGPL-2.1-or-later
#include "navigation_events.hpp"

#include <algorithm>

// Since GStreamer 1.22. It may not be there when this runs, whatever it was built with, and then
// events have no modifiers.
extern "C" __attribute__((weak)) GType gst_navigation_modifier_type_get_type();

namespace webrtcserver {

namespace {

using Type = NavigationEvent::Type;

const char* name_of(Type type) {
  switch (type) {
    case Type::kMouseMove:
      return "mouse-move";
    case Type::kMouseButtonPress:
      return "mouse-button-press";
    case Type::kMouseButtonRelease:
      return "mouse-button-release";
    case Type::kMouseScroll:
      return "mouse-scroll";
    case Type::kKeyPress:
      return "key-press";
    case Type::kKeyRelease:
      return "key-release";
    case Type::kTouchDown:
      return "touch-down";
    case Type::kTouchMotion:
      return "touch-motion";
    case Type::kTouchUp:
      return "touch-up";
    case Type::kTouchFrame:
      return "touch-frame";
    case Type::kTouchCancel:
      return "touch-cancel";
    case Type::kCommand:
      return "command";
  }
  return "";
}

void set_modifiers(GstStructure* structure, unsigned modifiers) {
  if (gst_navigation_modifier_type_get_type == nullptr) return;
  GValue value = G_VALUE_INIT;
  g_value_init(&value, gst_navigation_modifier_type_get_type());
  g_value_set_flags(&value, modifiers);
  gst_structure_take_value(structure, "state", &value);
}

// A pixel's number is that of its left and upper edge.
double fit(double position, int from, int to) {
  const double scaled = from > 0 ? position * to / from : position;
  return std::clamp(scaled, 0.0, std::max(0.0, to - 1.0));
}

}  // namespace

void fit_into(NavigationEvent& event, int width, int height) {
  if (!event.has_position()) return;
  event.x = fit(event.x, event.width, width);
  event.y = fit(event.y, event.height, height);
  event.width = width;
  event.height = height;
}

Ref<GstEvent> make_navigation_event(const NavigationEvent& event) {
  GstStructure* structure = gst_structure_new("application/x-gst-navigation", "event",
                                              G_TYPE_STRING, name_of(event.type), nullptr);
  if (event.has_position()) {
    gst_structure_set(structure, "pointer_x", G_TYPE_DOUBLE, event.x, "pointer_y", G_TYPE_DOUBLE,
                      event.y, nullptr);
  }
  switch (event.type) {
    case Type::kMouseButtonPress:
    case Type::kMouseButtonRelease:
      gst_structure_set(structure, "button", G_TYPE_INT, event.button, nullptr);
      break;
    case Type::kMouseScroll:
      gst_structure_set(structure, "delta_pointer_x", G_TYPE_DOUBLE, event.delta_x,
                        "delta_pointer_y", G_TYPE_DOUBLE, event.delta_y, nullptr);
      break;
    case Type::kKeyPress:
    case Type::kKeyRelease:
      gst_structure_set(structure, "key", G_TYPE_STRING, event.key.c_str(), nullptr);
      break;
    case Type::kTouchDown:
    case Type::kTouchMotion:
      gst_structure_set(structure, "pressure", G_TYPE_DOUBLE, event.pressure, nullptr);
      [[fallthrough]];
    case Type::kTouchUp:
      gst_structure_set(structure, "identifier", G_TYPE_UINT, event.identifier, nullptr);
      break;
    case Type::kCommand:
      gst_structure_set(structure, "command-code", G_TYPE_UINT, event.command, nullptr);
      break;
    case Type::kMouseMove:
    case Type::kTouchFrame:
    case Type::kTouchCancel:
      break;
  }
  if (event.type != Type::kCommand) set_modifiers(structure, event.modifiers);
  return Ref<GstEvent>::adopt(gst_event_new_navigation(structure));
}

}  // namespace webrtcserver
