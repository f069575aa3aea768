// SPDX-License-Identifier: LGPL-2.1-or-later
// control.hpp — something of a pipeline that browsers may see and change: what it is called, which
// values it takes, and how these stand in JSON (docs/protocol.md).
// Plain values; usable on any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.hpp"

namespace webrtcserver {

// Enumerations by nick, flags as "a+b", fractions as "30/1", colours as "#rrggbb" or "#aarrggbb".
using ControlValue = std::variant<bool, double, std::string>;
using ControlValues = std::map<std::string, ControlValue>;

struct ControlSpec {
  // An action is a button: something to be done, without a value.
  enum class Type { kString, kNumber, kBoolean, kEnum, kFlags, kColor, kFraction, kAction };

  struct Choice {
    std::string value;
    std::string label;
  };

  std::string name;
  std::string label;
  Type type = Type::kString;
  double min = 0;  // of a number; infinite where an indicator may have any
  double max = 0;
  double step = 0;  // how far a slider goes at once; a whole number takes whole numbers only
  bool whole = false;
  unsigned max_length = 1024;   // of a string: characters
  std::vector<Choice> choices;  // of enumerations and flags
  bool read_only = false;       // an indicator
};

struct Control {
  ControlSpec spec;
  ControlValue value;  // of an action: nothing that counts
};

// Why a wish is not fulfilled. `code` is one of docs/controls.md: "unknown-control", "read-only",
// "type", "range", "too-long", "unchanged", "gone", "busy", "held", "not-in-control".
class ControlFault : public std::runtime_error {
 public:
  ControlFault(const char* code, std::string control, const std::string& message)
      : std::runtime_error(message), code_(code), control_(std::move(control)) {}

  const char* code() const { return code_; }
  const std::string& control() const { return control_; }

 private:
  const char* code_;
  std::string control_;
};

// What became of a wish: nothing, or why it was not fulfilled.
using ControlDone = std::function<void(const std::optional<ControlFault>&)>;

// Where controls come from, and where what browsers wish goes: properties of elements, or the
// application. Each takes its time, and calls `done` on the server thread when what changed has
// been reported.
struct ControlSource {
  std::function<void(const ControlValues& values, const std::string& by, ControlDone done)> apply;
  std::function<void(const std::string& action, const std::string& by, ControlDone done)> activate;
};

// Up to 64 letters, digits, dots, hyphens and underscores.
bool is_control_name(std::string_view name);

// The member of `values` that is named like the control. Throws ControlFault.
ControlValue read_value(const ControlSpec& spec, const JsonReader& values);
// Throws ControlFault for a value that the control does not take.
void check_value(const ControlSpec& spec, const ControlValue& value);

void write_value(JsonWriter& json, const char* member, const ControlValue& value);
// As an element of an array.
void write_control(JsonWriter& json, const ControlSpec& spec, const ControlValue& value);

}  // namespace webrtcserver
