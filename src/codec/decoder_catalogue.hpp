// SPDX-License-Identifier: LGPL-2.1-or-later
// decoder_catalogue.hpp — which decoders there are, in order of preference, and which of them work
// here. The rows are data (decoder_table.cpp); nothing is ever chosen by what a remote peer says.
// The probe's results are kept for the life of the process. Usable on any thread.
#pragma once

#include <memory>
#include <span>
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
  bool parsed = true;  // wants a parser ahead, where the codec has one
};

std::span<const Decoder> decoder_table();

class DecoderCatalogue {
 public:
  // A decoder that works, with the output that fits the caps in question.
  struct Choice {
    const Decoder* decoder = nullptr;
    const DecoderOutput* output = nullptr;
  };

  static std::shared_ptr<DecoderCatalogue> system();
  // The rows are not copied; they outlive the catalogue and whatever was chosen from it.
  explicit DecoderCatalogue(std::span<const Decoder> rows);
  ~DecoderCatalogue();

  // In order of preference, for a pipeline that wants `raw_caps`. The first call for a row starts
  // an instance of it, which may take a while for hardware; its result is remembered.
  std::vector<Choice> choices(const Codec& codec, const GstCaps* raw_caps);

 private:
  class Probe;

  std::vector<std::unique_ptr<Probe>> probes_;
};

}  // namespace webrtcserver
