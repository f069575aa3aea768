// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/navigation_event.hpp"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "signalling/control_messages.hpp"

namespace webrtcserver {

namespace {

using Type = NavigationEvent::Type;

// What there is besides `event` and `modifier_state`.
enum Field : unsigned {
  kPosition = 1U << 0,
  kButton = 1U << 1,
  kDelta = 1U << 2,
  kIdentifier = 1U << 3,
  kPressure = 1U << 4,
  kKey = 1U << 5,
  kCommand = 1U << 6,
};

struct Kind {
  std::string_view name;
  Type type;
  unsigned fields;
};

constexpr std::array<Kind, 12> kKinds = {{
    {"MouseMove", Type::kMouseMove, kPosition},
    {"MouseButtonPress", Type::kMouseButtonPress, kPosition | kButton},
    {"MouseButtonRelease", Type::kMouseButtonRelease, kPosition | kButton},
    {"MouseScroll", Type::kMouseScroll, kPosition | kDelta},
    {"KeyPress", Type::kKeyPress, kKey},
    {"KeyRelease", Type::kKeyRelease, kKey},
    {"TouchDown", Type::kTouchDown, kPosition | kIdentifier | kPressure},
    {"TouchMotion", Type::kTouchMotion, kPosition | kIdentifier | kPressure},
    {"TouchUp", Type::kTouchUp, kPosition | kIdentifier},
    {"TouchFrame", Type::kTouchFrame, 0},
    {"TouchCancel", Type::kTouchCancel, 0},
    {"Command", Type::kCommand, kCommand},
}};

struct Named {
  std::string_view name;
  unsigned value;
};

// GstNavigationModifierType, which GStreamer has since 1.22.
constexpr std::array<Named, 16> kModifiers = {{
    {"shift-mask", 1U << 0},
    {"lock-mask", 1U << 1},
    {"control-mask", 1U << 2},
    {"mod1-mask", 1U << 3},
    {"mod2-mask", 1U << 4},
    {"mod3-mask", 1U << 5},
    {"mod4-mask", 1U << 6},
    {"mod5-mask", 1U << 7},
    {"button1-mask", 1U << 8},
    {"button2-mask", 1U << 9},
    {"button3-mask", 1U << 10},
    {"button4-mask", 1U << 11},
    {"button5-mask", 1U << 12},
    {"super-mask", 1U << 26},
    {"hyper-mask", 1U << 27},
    {"meta-mask", 1U << 28},
}};

// GstNavigationCommand.
constexpr std::array<Named, 14> kCommands = {{
    {"menu1", 1},
    {"menu2", 2},
    {"menu3", 3},
    {"menu4", 4},
    {"menu5", 5},
    {"menu6", 6},
    {"menu7", 7},
    {"left", 20},
    {"right", 21},
    {"up", 22},
    {"down", 23},
    {"activate", 24},
    {"prev-angle", 30},
    {"next-angle", 31},
}};

constexpr double kMaxPixels = 1e6;  // far outside of any picture, but nothing to calculate with
constexpr int kMaxSize = 32'768;    // of a picture's side
constexpr int kMaxButton = 16;
constexpr unsigned kMaxTrack = 255;
constexpr std::size_t kMaxKey = 64;  // bytes

// The members of one object, and what is wrong with them.
class Members {
 public:
  Members(std::int64_t id, const JsonReader& json) : id_(id), json_(json) {}

  [[noreturn]] void refuse(const char* code, const std::string& message) const {
    throw ControlError(id_, code, message);
  }

  void allow(const std::vector<std::string_view>& known) const {
    for (const std::string& name : json_.members()) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        refuse("bad-request",
               "The event has a member that is not understood: \"" + quotable(name) + "\".");
      }
    }
  }

  bool has(const char* name) const {
    const auto names = json_.members();
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  double number(const char* name, double low, double high) const {
    const auto value = json_.number(name);
    if (!value) refuse("bad-request", std::string("The event needs a number as \"") + name + "\".");
    if (!std::isfinite(*value) || *value < low || *value > high)
      refuse("range", std::string("\"") + name + "\" is out of range.");
    return *value;
  }

  std::int64_t integer(const char* name, std::int64_t low, std::int64_t high) const {
    const auto value = json_.integer(name);
    if (!value)
      refuse("bad-request", std::string("The event needs a whole number as \"") + name + "\".");
    if (*value < low || *value > high) {
      refuse("range", std::string("\"") + name + "\" is from " + std::to_string(low) + " to " +
                          std::to_string(high) + ".");
    }
    return *value;
  }

  std::string text(const char* name) const {
    auto value = json_.string(name);
    if (!value) refuse("bad-request", std::string("The event needs text as \"") + name + "\".");
    return std::move(*value);
  }

  template <std::size_t count>
  unsigned choice(const char* name, std::string_view text,
                  const std::array<Named, count>& choices) const {
    const auto* found = std::find_if(choices.begin(), choices.end(),
                                     [&](const Named& each) { return each.name == text; });
    if (found == choices.end()) {
      refuse("range",
             std::string("There is no ") + name + " \"" + quotable(std::string(text)) + "\".");
    }
    return found->value;
  }

 private:
  const std::int64_t id_;
  const JsonReader& json_;
};

const Kind& find_kind(const Members& members) {
  const std::string name = members.text("event");
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [&](const Kind& kind) { return kind.name == name; });
  if (found == kKinds.end())
    members.refuse("bad-request", "There is no event \"" + quotable(name) + "\".");
  return *found;
}

std::vector<std::string_view> members_of(unsigned fields) {
  std::vector<std::string_view> names{"event", "modifier_state"};
  const auto add = [&](unsigned field, std::initializer_list<std::string_view> more) {
    if ((fields & field) != 0) names.insert(names.end(), more);
  };
  add(kPosition, {"x", "y", "width", "height"});
  add(kButton, {"button"});
  add(kDelta, {"delta_x", "delta_y"});
  add(kIdentifier, {"identifier"});
  add(kPressure, {"pressure"});
  add(kKey, {"key"});
  add(kCommand, {"command"});
  return names;
}

// A name of Xlib's; what it has no name for comes as itself.
std::string read_key(const Members& members) {
  std::string key = members.text("key");
  bool good = !key.empty() && key.size() <= kMaxKey &&
              g_utf8_validate(key.data(), static_cast<gssize>(key.size()), nullptr) != FALSE;
  for (const char* at = key.c_str(); good && *at != '\0'; at = g_utf8_next_char(at))
    good = g_unichar_isgraph(g_utf8_get_char(at)) != FALSE;
  if (!good) members.refuse("range", "\"key\" is a name of up to 64 bytes, without spaces.");
  return key;
}

unsigned read_modifiers(const Members& members) {
  unsigned modifiers = 0;
  const std::string text = members.text("modifier_state");
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('+'), rest.size());
    modifiers |= members.choice("modifier", rest.substr(0, end), kModifiers);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return modifiers;
}

void read_position(const Members& members, NavigationEvent& event) {
  event.x = members.number("x", -kMaxPixels, kMaxPixels);
  event.y = members.number("y", -kMaxPixels, kMaxPixels);
  if (!members.has("width") && !members.has("height")) return;
  event.width = static_cast<int>(members.integer("width", 1, kMaxSize));
  event.height = static_cast<int>(members.integer("height", 1, kMaxSize));
}

}  // namespace

bool NavigationEvent::has_position() const {
  const auto* kind = std::find_if(kKinds.begin(), kKinds.end(),
                                  [this](const Kind& each) { return each.type == type; });
  return (kind->fields & kPosition) != 0;
}

NavigationEvent read_navigation(std::int64_t id, const JsonReader& request) {
  const Members outer(id, request);
  outer.allow({"type", "event", "track"});
  const auto json = request.object("event");
  if (!json) outer.refuse("bad-request", "\"navigationEvent\" needs an object as \"event\".");
  const Members members(id, *json);
  const Kind& kind = find_kind(members);
  members.allow(members_of(kind.fields));

  NavigationEvent event;
  event.type = kind.type;
  if (outer.has("track")) event.track = static_cast<unsigned>(outer.integer("track", 0, kMaxTrack));
  if (members.has("modifier_state")) event.modifiers = read_modifiers(members);
  const auto has = [&](unsigned field) { return (kind.fields & field) != 0; };
  if (has(kPosition)) read_position(members, event);
  if (has(kButton)) event.button = static_cast<int>(members.integer("button", 1, kMaxButton));
  if (has(kDelta)) {
    event.delta_x = members.number("delta_x", -kMaxPixels, kMaxPixels);
    event.delta_y = members.number("delta_y", -kMaxPixels, kMaxPixels);
  }
  if (has(kIdentifier)) {
    event.identifier = static_cast<unsigned>(
        members.integer("identifier", 0, std::numeric_limits<std::uint32_t>::max()));
  }
  if (has(kPressure) && members.has("pressure")) event.pressure = members.number("pressure", 0, 1);
  if (has(kKey)) event.key = read_key(members);
  if (has(kCommand)) event.command = members.choice("command", members.text("command"), kCommands);
  return event;
}

}  // namespace webrtcserver
