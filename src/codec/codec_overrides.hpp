// SPDX-License-Identifier: LGPL-2.1-or-later
// codec_overrides.hpp — what the user says of encoders and decoders, for every element and program
// of the machine: a key file, and ranks. docs/codecs.md tells it to users.
// Plain values; usable on any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/encoder_catalogue.hpp"

namespace webrtcserver {

// An encoder that the table does not know.
struct DescribedEncoder {
  std::string codec;       // name in the codec table
  std::string input_caps;  // what the element takes
  std::string converter;   // makes that of other raw video; in gst-launch syntax
  std::string output_caps;
  std::string key_frame_action;
  bool even_size = true;
};

struct CodecOverrides {
  using NewEncoder = DescribedEncoder;

  struct Element {
    std::string refused;  // why it is not to be used; empty: it may be
    int priority = 0;     // the higher go first
    unsigned rank = 0;    // above GST_RANK_PRIMARY, else 0; among those of one priority
    std::vector<std::pair<std::string, std::string>> settings;
    std::optional<std::string> bitrate_property;
    std::optional<BitrateUnit> bitrate_unit;
    std::optional<NewEncoder> row;
  };

  std::map<std::string, Element> elements;  // by factory
  std::vector<std::string> problems;        // sentences; what they are about is left out
  std::string file;                         // that was read; empty: none

  // Of the environment and the file it leads to, read at the first call.
  static const CodecOverrides& system();

  // `text` of the file `name`. What is wrong in it becomes a problem, and the rest counts.
  void read_key_file(const std::string& text, const std::string& name);
  // In the form of GST_PLUGIN_FEATURE_RANK: "factory:RANK,…". Only what is named here counts: many
  // hardware encoders have the rank NONE of themselves.
  void read_ranks(std::string_view text);

  const Element* find(const std::string& factory) const;
};

// The key file that counts: $WEBRTCSERVER_CODECS, else the user's, else the machine's. Empty: none.
std::string codecs_file();

}  // namespace webrtcserver
