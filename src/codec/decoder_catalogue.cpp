// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/decoder_catalogue.hpp"

#include <mutex>
#include <string_view>

#include "base/log.hpp"
#include "codec/codec_rows.hpp"
#include "codec/element_probe.hpp"
#include "codec/named_rows.hpp"

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

  // Demands of the user that it does not meet.
  const std::vector<std::string>& problems() {
    std::call_once(once_, [this] { run(); });
    return problems_;
  }

  // Why it is not used.
  const std::string& refused() {
    std::call_once(once_, [this] { run(); });
    return refused_;
  }

 private:
  void run() {
    refused_ = row_.refused ? row_.refused : failure_to_start(row_.factory);
    if (refused_.empty()) {
      for (const DecoderOutput& output : row_.outputs) {
        if (can_build(output.converter)) outputs_.push_back(&output);
      }
      if (outputs_.empty()) refused_ = "no converter for its output is installed";
    }
    if (refused_.empty()) {
      problems_ = refused_demands(row_.factory, row_.settings);
      GST_INFO("%s: decoder %s works.", row_.codec, row_.factory);
    } else {
      GST_INFO("%s: decoder %s is not used: %s.", row_.codec, row_.factory, refused_.c_str());
    }
  }

  const Decoder& row_;
  std::once_flag once_;
  std::string refused_;                        // written once, under once_
  std::vector<std::string> problems_;          // written once, under once_
  std::vector<const DecoderOutput*> outputs_;  // written once, under once_
};

std::shared_ptr<DecoderCatalogue> DecoderCatalogue::system() {
  static const auto catalogue = std::make_shared<DecoderCatalogue>(CodecRows::system().decoders());
  return catalogue;
}

DecoderCatalogue::DecoderCatalogue(std::span<const Decoder> rows) {
  for (const Decoder& row : rows) probes_.push_back(std::make_shared<Probe>(row));
}

DecoderCatalogue::~DecoderCatalogue() = default;

std::shared_ptr<DecoderCatalogue> DecoderCatalogue::only(std::string_view factories) const {
  std::shared_ptr<DecoderCatalogue> named(new DecoderCatalogue);  // NOLINT: private.
  named->probes_ = named_rows(probes_, factories, "decoder");
  return named;
}

std::vector<DecoderCatalogue::Report> DecoderCatalogue::report() const {
  std::vector<Report> reports;
  for (const auto& probe : probes_)
    reports.push_back({&probe->row(), probe->refused(), probe->outputs(), probe->problems()});
  return reports;
}

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
