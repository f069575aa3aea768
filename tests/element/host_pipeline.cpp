// SPDX-License-Identifier: LGPL-2.1-or-later
#include "host_pipeline.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "support/patience.hpp"

namespace webrtcserver::test {

namespace {

constexpr GstClockTime kDeadline = kPatienceInNanoseconds;

std::string describe(GstMessage* message) {
  if (!message) return {};
  GError* error = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(message, &error, nullptr);
  } else {
    gst_message_parse_warning(message, &error, nullptr);
  }
  const Owned<GError> owned(error);
  std::string domain = g_quark_to_string(error->domain);
  domain = domain.substr(4, domain.rfind("-error") - 4);  // "gst-resource-error-quark"
  return domain + " " + std::to_string(error->code) + ": " + error->message;
}

}  // namespace

HostPipeline::HostPipeline(const std::string& description) {
  GError* error = nullptr;
  pipeline_ = Ref<GstElement>::sink(gst_parse_launch(description.c_str(), &error));
  if (error) {
    const Owned<GError> owned(error);
    throw std::runtime_error(description + ": " + error->message);
  }
  sink_ = element("sink");
  if (!sink_) sink_ = element("source");
}

HostPipeline::~HostPipeline() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

Ref<GstElement> HostPipeline::element(const char* name) const {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
}

bool HostPipeline::set_state(GstState state) const {
  if (gst_element_set_state(pipeline_.get(), state) == GST_STATE_CHANGE_FAILURE) return false;
  return gst_element_get_state(pipeline_.get(), nullptr, nullptr, kDeadline) !=
             GST_STATE_CHANGE_FAILURE &&
         GST_STATE(pipeline_.get()) == state;
}

bool HostPipeline::start() const {
  return gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
}

Ref<GstMessage> HostPipeline::wait_message(GstMessageType types) const {
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  return Ref<GstMessage>::adopt(gst_bus_timed_pop_filtered(bus.get(), kDeadline, types));
}

std::string HostPipeline::wait_error() const {
  return describe(wait_message(GST_MESSAGE_ERROR).get());
}

std::string HostPipeline::wait_warning() const {
  return describe(wait_message(GST_MESSAGE_WARNING).get());
}

std::string HostPipeline::pending_error() const {
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  return describe(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR)).get());
}

std::uint16_t HostPipeline::port() const {
  const std::string uri = text("uri");
  const std::size_t authority = uri.find("://") + 3;
  return static_cast<std::uint16_t>(std::stoi(uri.substr(uri.find(':', authority) + 1)));
}

std::string HostPipeline::url(const std::string& path, const char* scheme) const {
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(port()) + path;
}

std::string HostPipeline::text(const char* property) const {
  gchar* value = nullptr;
  g_object_get(sink(), property, &value, nullptr);
  return take_string(value);
}

unsigned HostPipeline::number(const char* property) const {
  guint value = 0;
  g_object_get(sink(), property, &value, nullptr);
  return value;
}

std::string HostPipeline::statistic(const std::string& path) const {
  GstStructure* stats = nullptr;
  g_object_get(sink(), "stats", &stats, nullptr);
  const Owned<GstStructure> owned(stats);
  const GstStructure* at = stats;
  std::string rest = path;
  while (at) {
    const std::size_t slash = rest.find('/');
    const GValue* value = gst_structure_get_value(at, rest.substr(0, slash).c_str());
    if (!value) return {};
    if (slash == std::string::npos) {
      return G_VALUE_HOLDS_STRING(value) ? g_value_get_string(value)
                                         : take_string(gst_value_serialize(value));
    }
    at = GST_VALUE_HOLDS_STRUCTURE(value) ? gst_value_get_structure(value) : nullptr;
    rest = rest.substr(slash + 1);
  }
  return {};
}

std::vector<std::string> HostPipeline::sessions() const {
  GStrv names = nullptr;
  g_signal_emit_by_name(sink(), "get-sessions", &names);
  std::vector<std::string> result;
  for (gchar** name = names; name && *name; ++name) result.emplace_back(*name);
  g_strfreev(names);
  return result;
}

bool eventually(const std::function<bool()>& condition) {
  constexpr std::chrono::milliseconds kStep{5};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(kDeadline);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

}  // namespace webrtcserver::test
