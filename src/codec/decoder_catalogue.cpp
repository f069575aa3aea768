// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/decoder_catalogue.hpp"

#include <mutex>
#include <string_view>

#include "base/log.hpp"
#include "codec/element_probe.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

// What is known of one row.
class DecoderCatalogue::Probe {
 public:
  explicit Probe(const Decoder& row) : row_(row) {}

  const Decoder& row() const { return row_; }

  // The outputs that can be built here; empty when the decoder does not work.
  const std::vector<const DecoderOutput*>& outputs() {
    std::call_once(once_, [this] { run(); });
    return outputs_;
  }

 private:
  void run() {
    const std::string reason = failure_to_start(row_.factory);
    if (!reason.empty()) {
      GST_INFO("%s: decoder %s is not used: %s.", row_.codec, row_.factory, reason.c_str());
      return;
    }
    for (const DecoderOutput& output : row_.outputs) {
      if (can_build(output.converter)) outputs_.push_back(&output);
    }
    GST_INFO("%s: decoder %s %s.", row_.codec, row_.factory,
             outputs_.empty() ? "is not used: no converter for its output is installed" : "works");
  }

  const Decoder& row_;
  std::once_flag once_;
  std::vector<const DecoderOutput*> outputs_;  // written once, under once_
};

std::shared_ptr<DecoderCatalogue> DecoderCatalogue::system() {
  static const auto catalogue = std::make_shared<DecoderCatalogue>(decoder_table());
  return catalogue;
}

DecoderCatalogue::DecoderCatalogue(std::span<const Decoder> rows) {
  for (const Decoder& row : rows) probes_.push_back(std::make_unique<Probe>(row));
}

DecoderCatalogue::~DecoderCatalogue() = default;

std::vector<DecoderCatalogue::Choice> DecoderCatalogue::choices(const Codec& codec,
                                                                const GstCaps* raw_caps) {
  std::vector<Choice> usable;
  for (const auto& probe : probes_) {
    if (std::string_view(probe->row().codec) != codec.name) continue;
    for (const DecoderOutput* output : probe->outputs()) {
      const auto made = Ref<GstCaps>::adopt(gst_caps_from_string(output->caps));
      if (!gst_caps_can_intersect(raw_caps, made.get())) continue;
      usable.push_back({&probe->row(), output});
      break;
    }
  }
  return usable;
}

}  // namespace webrtcserver
