// SPDX-License-Identifier: LGPL-2.1-or-later
// codec_rows.hpp — the tables' rows as the user has overridden them, in the order in which they are
// tried. They own what they point to, and stay where they are. Usable on any thread.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "codec/codec_overrides.hpp"
#include "codec/decoder_catalogue.hpp"
#include "codec/encoder_catalogue.hpp"

namespace webrtcserver {

class CodecRows {
 public:
  CodecRows(std::span<const Encoder> encoders, std::span<const Decoder> decoders,
            const CodecOverrides& overrides);
  CodecRows(const CodecRows&) = delete;
  CodecRows& operator=(const CodecRows&) = delete;

  // Those of the tables, of CodecOverrides::system().
  static const CodecRows& system();

  std::span<const Encoder> encoders() const { return encoders_; }
  std::span<const Decoder> decoders() const { return decoders_; }

 private:
  const char* keep(const std::string& text);
  std::span<const PropertySetting> with_demanded(std::span<const PropertySetting> settings,
                                                 const CodecOverrides::Element& element);
  Encoder overridden(Encoder row, const CodecOverrides::Element& element);
  Encoder created(const std::string& factory, const CodecOverrides::Element& element,
                  const std::string& file);
  std::span<const EncoderInput> inputs_of(const CodecOverrides::NewEncoder& row);

  std::deque<std::string> texts_;
  std::deque<std::vector<PropertySetting>> settings_;
  std::deque<std::vector<EncoderInput>> inputs_;
  std::vector<Encoder> encoders_;
  std::vector<Decoder> decoders_;
};

}  // namespace webrtcserver
