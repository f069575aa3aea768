// SPDX-License-Identifier: LGPL-2.1-or-later
// contract.hpp — what the documentation of a hardware encoder or decoder promises and refuses, as
// data: a second reading, made without a look at the catalogue's rows, that checks them.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "doubles/device_memory.hpp"

namespace webrtcserver::doubles {

// The highest state in which a property may be set. Elements do not refuse what comes later: they
// ignore it, or apply it at the next start. kAlways is for those that documentation calls
// changeable while playing, or whose source applies them at once.
enum class Until { kReady, kAlways };

struct Choice {
  int value;
  const char* nick;
};

struct Property {
  enum class Type { kBoolean, kInt, kUint, kUint64, kDouble, kEnum, kFlags, kString, kStructure };

  const char* name;
  Type type;
  double low = 0;
  double high = 0;
  double initial = 0;                 // the number of the choice, for kEnum
  std::span<const Choice> choices{};  // for kEnum and kFlags
  Until until = Until::kReady;
  bool writable = true;
};

// Short forms for the tables.
constexpr Property boolean(const char* name, bool initial, Until until = Until::kReady) {
  return {name, Property::Type::kBoolean, 0, 1, initial ? 1.0 : 0.0, {}, until};
}
constexpr Property whole(const char* name, double low, double high, double initial,
                         Until until = Until::kReady) {
  return {name, Property::Type::kInt, low, high, initial, {}, until};
}
constexpr Property natural(const char* name, double high, double initial,
                           Until until = Until::kReady, double low = 0) {
  return {name, Property::Type::kUint, low, high, initial, {}, until};
}
constexpr Property natural64(const char* name, double initial, Until until = Until::kReady) {
  return {name, Property::Type::kUint64, 0, 18446744073709551615.0, initial, {}, until};
}
constexpr Property real(const char* name, double low, double high, double initial,
                        Until until = Until::kReady) {
  return {name, Property::Type::kDouble, low, high, initial, {}, until};
}
constexpr Property choice(const char* name, std::span<const Choice> choices, int initial,
                          Until until = Until::kReady) {
  return {name, Property::Type::kEnum, 0, 0, static_cast<double>(initial), choices, until};
}
constexpr Property text(const char* name, Until until = Until::kReady, bool writable = true) {
  return {name, Property::Type::kString, 0, 0, 0, {}, until, writable};
}
constexpr Property structure(const char* name, Until until = Until::kAlways) {
  return {name, Property::Type::kStructure, 0, 0, 0, {}, until};
}

inline constexpr double kMaxInt = G_MAXINT;
inline constexpr double kMaxUint = G_MAXUINT;

// How an encoder is asked for a key frame.
enum class KeyFrames {
  kEvent,     // the force-key-unit event from downstream
  kAction,    // the signal force-IDR; the event is not looked at. A crash before the first buffer
  kProperty,  // the property force-idr, set to true; the event is not looked at
  kControl,   // force_key_frame in extra-controls; the event is not looked at
  kNone,      // a decoder
};

// When the hardware is opened, and may refuse.
enum class Opens { kAtReady, kAtCaps };

struct ElementContract {
  const char* factory;
  const char* release;  // tells the contracts of one factory apart
  const char* klass;
  const char* sink_caps;
  const char* src_caps;
  std::array<std::span<const Property>, 4> properties;
  const char* bitrate_property = nullptr;  // null: in extra-controls, or a decoder
  int bits_per_unit = 1;                   // of the bitrate
  KeyFrames key_frames = KeyFrames::kNone;
  Opens opens = Opens::kAtReady;
  // What really codes, in software: an encoder, or null for what fits the caps of a decoder.
  const char* coder = nullptr;
};

// Null when the contract has none of that name.
const Property* find_property(const ElementContract& contract, const char* name);

}  // namespace webrtcserver::doubles
