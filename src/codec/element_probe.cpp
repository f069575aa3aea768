// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/element_probe.hpp"

#include "base/ref.hpp"
#include "codec/property_settings.hpp"

namespace webrtcserver {

std::string failure_to_start(const char* factory) {
  const auto found = Ref<GstElementFactory>::adopt(gst_element_factory_find(factory));
  if (!found) return "it is not installed";
  const auto element = Ref<GstElement>::sink(gst_element_factory_create(found.get(), nullptr));
  if (!element) return "its plugin does not load";
  const auto bus = Ref<GstBus>::adopt(gst_bus_new());
  gst_element_set_bus(element.get(), bus.get());
  const bool ready =
      gst_element_set_state(element.get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  std::string reason;
  if (!ready) {
    reason = "an instance of it does not reach READY";
    if (const auto message =
            Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR))) {
      GError* error = nullptr;
      gst_message_parse_error(message.get(), &error, nullptr);
      const Owned<GError> owned(error);
      reason += std::string(" (") + error->message + ")";
    }
  }
  gst_element_set_state(element.get(), GST_STATE_NULL);
  gst_element_set_bus(element.get(), nullptr);
  gst_bus_set_flushing(bus.get(), TRUE);
  return reason;
}

std::vector<std::string> refused_demands(const char* factory,
                                         std::span<const PropertySetting> settings) {
  std::vector<std::string> refused;
  const auto element = Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr));
  if (!element) return refused;
  for (const PropertySetting& setting : settings) {
    if (!setting.demanded) continue;
    const std::string reason = why_refused(element.get(), setting);
    if (!reason.empty())
      refused.push_back(std::string(factory) + ": set." + setting.name + ": " + reason);
  }
  return refused;
}

bool can_build(const char* description) {
  GError* error = nullptr;
  const auto bin = Ref<GstElement>::sink(gst_parse_bin_from_description_full(
      description, TRUE, nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
  const Owned<GError> owned(error);
  return bin && !owned;
}

}  // namespace webrtcserver
