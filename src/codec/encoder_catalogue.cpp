// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_catalogue.hpp"

#include <algorithm>
#include <string_view>

#include "base/log.hpp"
#include "codec/codec_rows.hpp"
#include "codec/element_probe.hpp"
#include "codec/encoder_probe.hpp"
#include "codec/front_end.hpp"
#include "codec/named_rows.hpp"

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
    if (row_.refused) {
      refused_ = row_.refused;
    } else {
      if (row_.obstacle) refused_ = row_.obstacle();
      if (refused_.empty()) refused_ = failure_to_start(row_.factory);
    }
    if (refused_.empty()) {
      for (const EncoderInput& input : row_.inputs) {
        const auto parts = {input.download, input.deinterlacer, input.converter};
        if (std::all_of(parts.begin(), parts.end(),
                        [](const char* part) { return !part || can_build(part); }))
          inputs_.push_back(&input);
      }
      refused_ = inputs_.empty() ? "no converter for its input is installed" : try_it();
      if (!refused_.empty()) inputs_.clear();
    }
    if (refused_.empty()) {
      problems_ = refused_demands(row_.factory, row_.settings);
      GST_INFO("%s: encoder %s works.", row_.codec, row_.factory);
    } else {
      GST_INFO("%s: encoder %s is not used: %s.", row_.codec, row_.factory, refused_.c_str());
    }
  }

  // The trial's picture is in system memory: where only other memory goes in, READY has to do.
  std::string try_it() const {
    if (row_.proof == EncoderProof::kReady) return "";
    const auto plain = Ref<GstCaps>::adopt(gst_caps_new_empty_simple("video/x-raw"));
    for (const EncoderInput* input : inputs_) {
      const auto accepted = Ref<GstCaps>::adopt(gst_caps_from_string(input->caps));
      if (gst_caps_can_intersect(plain.get(), accepted.get()))
        return failure_to_encode(row_, *input);
    }
    return "";
  }

  const Encoder& row_;
  std::once_flag once_;
  std::string refused_;                      // written once, under once_
  std::vector<std::string> problems_;        // written once, under once_
  std::vector<const EncoderInput*> inputs_;  // written once, under once_
};

std::shared_ptr<EncoderCatalogue> EncoderCatalogue::system() {
  static const auto catalogue = std::make_shared<EncoderCatalogue>(CodecRows::system().encoders());
  return catalogue;
}

EncoderCatalogue::EncoderCatalogue(std::span<const Encoder> rows) {
  for (const Encoder& row : rows) probes_.push_back(std::make_shared<Probe>(row));
}

EncoderCatalogue::~EncoderCatalogue() = default;

std::shared_ptr<EncoderCatalogue> EncoderCatalogue::only(std::string_view factories) const {
  std::shared_ptr<EncoderCatalogue> named(new EncoderCatalogue);  // NOLINT: private.
  named->named_ = true;
  named->probes_ = named_rows(probes_, factories, "encoder");
  return named;
}

std::vector<EncoderCatalogue::Report> EncoderCatalogue::report() const {
  std::vector<Report> reports;
  for (const auto& probe : probes_)
    reports.push_back({&probe->row(), probe->refused(), probe->inputs(), probe->problems()});
  return reports;
}

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
  if (!named_) {
    std::stable_partition(usable.begin(), usable.end(),
                          [](const Choice& choice) { return !choice.input->download; });
  }
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
