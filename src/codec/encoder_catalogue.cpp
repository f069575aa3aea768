// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_catalogue.hpp"

#include <algorithm>
#include <string_view>

#include "base/log.hpp"
#include "codec/element_probe.hpp"
#include "codec/front_end.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

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
      std::string chain;
      for (const char* part : {input.download, input.deinterlacer}) {
        if (part) chain += std::string(part) + " ! ";
      }
      if (can_build((chain + input.converter).c_str())) inputs_.push_back(&input);
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
    const auto& inputs = probe->inputs();
    const auto fits = [&](const EncoderInput* input) { return takes(*input, raw_caps); };
    const auto input = std::find_if(inputs.begin(), inputs.end(), fits);
    if (input != inputs.end()) usable.push_back({&probe->row(), *input});
  }
  std::stable_partition(usable.begin(), usable.end(),
                        [](const Choice& choice) { return !choice.input->download; });
  return usable;
}

Ref<GstCaps> EncoderCatalogue::raw_caps(const Codec& codec) {
  auto all = Ref<GstCaps>::adopt(gst_caps_new_empty());
  for (const bool downloads : {false, true}) {
    for (const auto& probe : probes_) {
      if (std::string_view(probe->row().codec) != codec.name) continue;
      for (const EncoderInput* input : probe->inputs()) {
        if ((input->download != nullptr) != downloads) continue;
        all = Ref<GstCaps>::adopt(gst_caps_merge(all.release(), gst_caps_from_string(input->caps)));
      }
    }
  }
  return all;
}

}  // namespace webrtcserver
