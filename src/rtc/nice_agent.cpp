// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/nice_agent.hpp"

#include <agent.h>

namespace webrtcserver {

namespace {

Ref<GObject> object_of(gpointer holder, const char* property) {
  if (!holder || !g_object_class_find_property(G_OBJECT_GET_CLASS(holder), property))
    return nullptr;
  GObject* object = nullptr;
  g_object_get(holder, property, &object, nullptr);
  return Ref<GObject>::adopt(object);
}

}  // namespace

Ref<GObject> ice_of(GstElement* webrtcbin) {
  return object_of(webrtcbin, "ice-agent");
}

Ref<GObject> nice_agent_of(GstElement* webrtcbin) {
  auto agent = object_of(ice_of(webrtcbin).get(), "agent");
  return agent && NICE_IS_AGENT(agent.get()) ? std::move(agent) : nullptr;
}

}  // namespace webrtcserver
