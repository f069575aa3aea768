// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_catalogue.hpp"

#include <algorithm>
#include <string_view>

#include "base/log.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

namespace {

// Why an instance of `factory` does not reach READY; empty when it does.
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

bool can_build(const char* converter) {
  GError* error = nullptr;
  const auto bin = Ref<GstElement>::sink(gst_parse_bin_from_description_full(
      converter, TRUE, nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
  const Owned<GError> owned(error);
  return bin && !owned;
}

}  // namespace

// What is known of one row.
class EncoderCatalogue::Probe {
 public:
  explicit Probe(const Encoder& row) : row_(row) {}

  const Encoder& row() const { return row_; }

  // The inputs that can be built here; empty when the encoder does not work.
  const std::vector<const EncoderInput*>& inputs() {
    std::call_once(once_, [this] { run(); });
    return inputs_;
  }

 private:
  void run() {
    const std::string reason = failure_to_start(row_.factory);
    if (!reason.empty()) {
      GST_INFO("%s: encoder %s is not used: %s.", row_.codec, row_.factory, reason.c_str());
      return;
    }
    for (const EncoderInput& input : row_.inputs) {
      if (can_build(input.converter)) inputs_.push_back(&input);
    }
    if (inputs_.empty()) {
      GST_INFO("%s: encoder %s is not used: no converter for its input is installed.", row_.codec,
               row_.factory);
    } else {
      GST_INFO("%s: encoder %s works.", row_.codec, row_.factory);
    }
  }

  const Encoder& row_;
  std::once_flag once_;
  std::vector<const EncoderInput*> inputs_;  // written once, under once_
};

std::shared_ptr<EncoderCatalogue> EncoderCatalogue::system() {
  static const auto catalogue = std::make_shared<EncoderCatalogue>(encoder_table());
  return catalogue;
}

EncoderCatalogue::EncoderCatalogue(std::span<const Encoder> rows) {
  for (const Encoder& row : rows) probes_.push_back(std::make_unique<Probe>(row));
}

EncoderCatalogue::~EncoderCatalogue() = default;

std::vector<EncoderCatalogue::Choice> EncoderCatalogue::choices(const Codec& codec,
                                                                const GstCaps* raw_caps) {
  std::vector<Choice> usable;
  for (const auto& probe : probes_) {
    if (std::string_view(probe->row().codec) != codec.name) continue;
    for (const EncoderInput* input : probe->inputs()) {
      const auto accepted = Ref<GstCaps>::adopt(gst_caps_from_string(input->caps));
      if (!gst_caps_can_intersect(raw_caps, accepted.get())) continue;
      usable.push_back({&probe->row(), input});
      break;
    }
  }
  return usable;
}

Ref<GstCaps> EncoderCatalogue::raw_caps(const Codec& codec) {
  auto all = Ref<GstCaps>::adopt(gst_caps_new_empty());
  for (const auto& probe : probes_) {
    if (std::string_view(probe->row().codec) != codec.name) continue;
    for (const EncoderInput* input : probe->inputs()) {
      all = Ref<GstCaps>::adopt(gst_caps_merge(all.release(), gst_caps_from_string(input->caps)));
    }
  }
  return all;
}

}  // namespace webrtcserver
