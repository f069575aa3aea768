// SPDX-License-Identifier: LGPL-2.1-or-later
// decoder_catalogue.hpp — which decoders there are, in order of preference, and which of them work
// here. The rows are data (decoder_table.cpp); nothing is ever chosen by what a remote peer says.
// The probe's results are kept for the life of the process. Usable on any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.hpp"
#include "codec/codec.hpp"

namespace webrtcserver {

// One kind of memory that can be made of a decoder's output, and the elements that do it.
struct DecoderOutput {
  const char* caps;       // raw caps, with memory feature
  const char* converter;  // in gst-launch syntax
};

// One row: a decoder and how it is driven for low latency. A property that a release lacks is
// skipped.
struct Decoder {
  const char* codec;                       // name in the codec table
  const char* factory;                     // element
  std::span<const DecoderOutput> outputs;  // in order of preference
  std::span<const PropertySetting> settings;
  bool parsed = true;             // wants a parser ahead, where the codec has one
  const char* platform = "";      // what it needs, for people
  const char* refused = nullptr;  // why the user does not want it; never tried then
};

std::span<const Decoder> decoder_table();

class DecoderCatalogue {
 public:
  // A decoder that works, with the output that fits the caps in question.
  struct Choice {
    const Decoder* decoder = nullptr;
    const DecoderOutput* output = nullptr;
  };

  // What is known of one row: why it is not used (empty: it is), and what it gives here.
  struct Report {
    const Decoder* decoder = nullptr;
    std::string refused;
    std::vector<const DecoderOutput*> outputs;
    std::vector<std::string> problems;  // demands of the user that it does not meet
  };

  // The table, as the user has overridden it.
  static std::shared_ptr<DecoderCatalogue> system();
  // The rows are not copied; they outlive the catalogue and whatever was chosen from it.
  explicit DecoderCatalogue(std::span<const Decoder> rows);
  ~DecoderCatalogue();

  // These elements alone, in this order ("avdec_h264,vp8dec"), with what is known of them already.
  // Throws Error(kNoEncoder): no row is of such an element.
  std::shared_ptr<DecoderCatalogue> only(std::string_view factories) const;

  // In order of preference, for a pipeline that wants `raw_caps`. The first call for a row starts
  // an instance of it, which may take a while for hardware; its result is remembered.
  std::vector<Choice> choices(const Codec& codec, const GstCaps* raw_caps);

  // Of every row, in order of preference. Starts an instance of each.
  std::vector<Report> report() const;

 private:
  class Probe;

  DecoderCatalogue() = default;

  std::vector<std::shared_ptr<Probe>> probes_;
};

}  // namespace webrtcserver
