// SPDX-License-Identifier: LGPL-2.1-or-later
// encoder_catalogue.hpp — which encoders there are, in order of preference, and which of them work
// here. The rows are data (encoder_table.cpp); the probe's results are kept for the life of the
// process. Usable on any thread.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.hpp"
#include "codec/codec.hpp"

namespace webrtcserver {

// One kind of memory an encoder can be fed from, and the elements that make its input of it, in
// gst-launch syntax.
struct EncoderInput {
  const char* caps;       // raw caps, with memory feature
  const char* converter;  // of pictures as they come, or as `download` leaves them
  // Where the converter does not scale, and an odd size has to become even.
  const char* scaler = nullptr;
  // For pictures that have to pass through system memory: what takes them there, ahead of all else.
  const char* download = nullptr;
  // Makes pictures of fields where they lie. System memory needs none: there is one for all.
  const char* deinterlacer = nullptr;
  // Caps between converter and encoder, instead of the row's.
  const char* filter = nullptr;
};

enum class BitrateUnit { kBit, kKilobit };

// What it takes for a running encoder to keep to another bitrate.
enum class BitrateChange { kLive, kRestart };

// What proves that an encoder works. Some reach READY where there is no hardware for them.
enum class EncoderProof { kReady, kFirstFrame };

// One row: an encoder and how it is driven for low latency. A property that a release lacks is
// skipped.
struct Encoder {
  const char* codec;    // name in the codec table
  const char* factory;  // element
  std::span<const EncoderInput> inputs;
  const char* input_filter;   // caps between converter and encoder; may be null
  const char* output_filter;  // caps behind the encoder; may be null
  const char* bitrate_property;
  BitrateUnit bitrate_unit;
  std::span<const PropertySetting> settings;

  const char* threads_property = nullptr;  // set to one per cores_per_thread, from 1 to max_threads
  int max_threads = 0;
  int cores_per_thread = 1;
  const char* buffer_property =
      nullptr;  // rate control buffer in the bitrate's unit: bitrate × buffer_ms
  int buffer_ms = 0;
  const char* max_bitrate_property = nullptr;  // set to the bitrate as well
  // Action signal, or else a boolean property of that name in lower case, where the force-key-unit
  // event does not do.
  const char* key_frame_action = nullptr;
  bool even_size = false;      // 4:2:0 encoders that refuse odd widths and heights
  int max_channels = 0;        // audio: more are mixed down to as many
  unsigned fixed_bitrate = 0;  // bit/s; for audio, which does not follow the set's bitrate

  // Elements whose bitrate is a field of a GstStructure, which is the value of bitrate_property.
  const char* bitrate_field = nullptr;
  // Such a field that asks for a key frame, where the element's plugin is older than
  // `key_frame_event_since` and so ignores the event.
  const char* key_frame_field = nullptr;
  unsigned key_frame_event_since[3] = {0, 0, 0};
  BitrateChange bitrate_change = BitrateChange::kLive;
  // Why there cannot be hardware for it, seen without opening anything; empty: there may be.
  std::string (*obstacle)() = nullptr;
  EncoderProof proof = EncoderProof::kReady;
  const char* platform = "";      // what it needs, for people
  const char* limits = nullptr;   // what is known not to work, for people
  const char* source = "";        // where the row's values come from
  const char* refused = nullptr;  // why the user does not want it; never tried then
};

std::span<const Encoder> encoder_table();

class EncoderCatalogue {
 public:
  // An encoder that works, with the input that fits the caps in question.
  struct Choice {
    const Encoder* encoder = nullptr;
    const EncoderInput* input = nullptr;
  };

  // What is known of one row: why it is not used (empty: it is), and what it takes here.
  struct Report {
    const Encoder* encoder = nullptr;
    std::string refused;
    std::vector<const EncoderInput*> inputs;
    std::vector<std::string> problems;  // demands of the user that it does not meet
  };

  // The table, as the user has overridden it.
  static std::shared_ptr<EncoderCatalogue> system();
  // The rows are not copied; they outlive the catalogue and whatever was chosen from it.
  explicit EncoderCatalogue(std::span<const Encoder> rows);
  ~EncoderCatalogue();

  // These elements alone, in this order ("nvh264enc,x264enc"), with what is known of them already.
  // Throws Error(kNoEncoder): no row is of such an element.
  std::shared_ptr<EncoderCatalogue> only(std::string_view factories) const;

  // In order of preference: that of the rows, but those that take the pictures where they lie go
  // before those for which they would have to be downloaded. The first call for a row starts an
  // instance of it, which may take a while for hardware; its result is remembered.
  std::vector<Choice> choices(const Codec& codec, const GstCaps* raw_caps);

  // Raw caps that an encoder for `codec` takes on this machine, those that need no download first;
  // empty caps when there is none.
  Ref<GstCaps> raw_caps(const Codec& codec);

  // Of every row, in order of preference. Starts an instance of each.
  std::vector<Report> report() const;

 private:
  class Probe;

  EncoderCatalogue() = default;

  std::vector<std::shared_ptr<Probe>> probes_;
  bool named_ = false;  // by the user, whose order counts whatever the memory
};

}  // namespace webrtcserver
