// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/element_chain.hpp"

#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"

namespace webrtcserver {

ElementChain::ElementChain(const std::string& name)
    : name_(name), pipeline_(Ref<GstElement>::sink(gst_pipeline_new(name.c_str()))) {}

ElementChain::~ElementChain() {
  stop();
}

void ElementChain::append(const Ref<GstElement>& element, const char* name) {
  GstElement* raw = element.get();
  gst_bin_add(GST_BIN(pipeline_.get()), raw);
  if (last_ && !gst_element_link(last_, raw)) {
    throw Error(ErrorCode::kNoEncoder,
                name_ + ": " + name + " does not link to what is before it.");
  }
  last_ = raw;
}

GstElement* ElementChain::add(const char* factory, const char* name) {
  const auto element = Ref<GstElement>::sink(gst_element_factory_make(factory, name));
  if (!element) {
    throw Error(ErrorCode::kNoEncoder, std::string("The GStreamer element ") + factory +
                                           " cannot be made; install the plugin that has it.");
  }
  append(element, name);
  return element.get();
}

GstElement* ElementChain::add_filter(const Ref<GstCaps>& caps, const char* name) {
  GstElement* filter = add("capsfilter", name);
  g_object_set(filter, "caps", caps.get(), nullptr);
  return filter;
}

GstElement* ElementChain::add_description(const std::string& description, const char* name) {
  GError* error = nullptr;
  const auto bin = Ref<GstElement>::sink(gst_parse_bin_from_description_full(
      description.c_str(), TRUE, nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
  const Owned<GError> owned(error);
  if (!bin || owned) {
    throw Error(ErrorCode::kNoEncoder, "Cannot build the converter \"" + description +
                                           "\": " + (owned ? owned->message : "unknown error"));
  }
  gst_object_set_name(GST_OBJECT(bin.get()), name);
  append(bin, name);
  return bin.get();
}

void ElementChain::watch(std::function<void(GstMessage*)> handler) {
  handler_ = std::move(handler);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus* /*bus*/, GstMessage* message, gpointer self) {
        guard("a private pipeline's message",
              [&] { static_cast<ElementChain*>(self)->handler_(message); });
        // What is not handled here would pile up in the bus.
        gst_message_unref(message);
        return GST_BUS_DROP;
      },
      this, nullptr);
}

bool ElementChain::start(const Ref<GstClock>& clock) {
  const auto used = clock ? clock : Ref<GstClock>::adopt(gst_system_clock_obtain());
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), used.get());
  gst_element_set_start_time(pipeline_.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline_.get(), 0);
  return gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
}

void ElementChain::stop() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
}

std::string describe_error(GstMessage* message) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(message, &error, &debug);
  } else {
    gst_message_parse_warning(message, &error, &debug);
  }
  const Owned<GError> owned(error);
  const std::string detail = take_string(debug);
  const std::string element = take_string(gst_object_get_name(GST_MESSAGE_SRC(message)));
  return element + ": " + error->message + (detail.empty() ? "" : " (" + detail + ")");
}

}  // namespace webrtcserver
