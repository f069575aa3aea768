// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/navigation_state.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "server/control.hpp"

namespace webrtcserver {

namespace {

using Type = NavigationEvent::Type;

NavigationEvent as(Type type, NavigationEvent event) {
  event.type = type;
  event.modifiers = 0;
  return event;
}

void move_to(NavigationEvent& event, const NavigationEvent& place) {
  event.track = place.track;
  event.x = place.x;
  event.y = place.y;
  event.width = place.width;
  event.height = place.height;
}

bool is_of_mouse(Type type) {
  return type == Type::kMouseMove || type == Type::kMouseScroll ||
         type == Type::kMouseButtonPress || type == Type::kMouseButtonRelease;
}

}  // namespace

unsigned TouchNumbers::take() {
  unsigned number = 0;
  while (!taken_.insert(number).second) ++number;
  return number;
}

NavigationState::~NavigationState() {
  for (const auto& [identifier, touch] : touches_) numbers_.give_back(touch.number);
}

bool NavigationState::is_overtaken(const NavigationEvent& event, std::int64_t id) const {
  if (event.type == Type::kMouseMove) return id <= pointer_id_;
  if (event.type != Type::kTouchMotion) return false;
  const auto held = touches_.find(event.identifier);
  return held != touches_.end() && id <= held->second.last_id;
}

std::vector<NavigationEvent> NavigationState::take(const NavigationEvent& given, std::int64_t id) {
  NavigationEvent event = given;
  bool makes_sense = true;
  if (is_of_mouse(event.type)) pointer_id_ = std::max(pointer_id_, id);
  switch (event.type) {
    case Type::kMouseMove:
    case Type::kMouseScroll:
      pointer_ = event;
      break;
    case Type::kMouseButtonPress:
      pointer_ = event;
      buttons_[event.button] = event;
      break;
    case Type::kMouseButtonRelease:
      pointer_ = event;
      makes_sense = release_button(event);
      break;
    case Type::kKeyPress:
      press_key(event);
      break;
    case Type::kKeyRelease:
      makes_sense = release_key(event);
      break;
    case Type::kTouchDown:
      makes_sense = put_down(event, id);
      break;
    case Type::kTouchMotion:
      makes_sense = move_touch(event, id);
      break;
    case Type::kTouchUp:
      makes_sense = lift(event);
      break;
    case Type::kTouchCancel:
      return cancel_touches();
    case Type::kTouchFrame:
    case Type::kCommand:
      break;
  }
  if (!makes_sense) return {};
  return {event};
}

// Browsers and X repeat the press of a key that is held.
void NavigationState::press_key(const NavigationEvent& event) {
  const bool known = std::any_of(keys_.begin(), keys_.end(),
                                 [&](const auto& held) { return held.key == event.key; });
  if (known) return;
  if (keys_.size() >= kMaxKeys) {
    throw ControlFault("too-many", "",
                       "At most " + std::to_string(kMaxKeys) + " keys are held at a time.");
  }
  keys_.push_back(event);
}

bool NavigationState::release_key(NavigationEvent& event) {
  const auto held = std::find_if(keys_.begin(), keys_.end(),
                                 [&](const auto& each) { return each.key == event.key; });
  if (held == keys_.end()) return false;
  event.track = held->track;
  keys_.erase(held);
  return true;
}

bool NavigationState::release_button(NavigationEvent& event) {
  const auto held = buttons_.find(event.button);
  if (held == buttons_.end()) return false;
  event.track = held->second.track;
  buttons_.erase(held);
  return true;
}

bool NavigationState::put_down(NavigationEvent& event, std::int64_t id) {
  if (touches_.count(event.identifier) > 0) return false;
  if (touches_.size() >= kMaxTouches) {
    throw ControlFault("too-many", "",
                       "At most " + std::to_string(kMaxTouches) + " fingers are down at a time.");
  }
  const unsigned number = numbers_.take();
  const unsigned identifier = event.identifier;
  event.identifier = number;
  touches_.emplace(identifier, Touch{number, event, id});
  return true;
}

bool NavigationState::move_touch(NavigationEvent& event, std::int64_t id) {
  const auto held = touches_.find(event.identifier);
  if (held == touches_.end()) return false;
  Touch& touch = held->second;
  event.identifier = touch.number;
  event.track = touch.last.track;
  touch.last = event;
  touch.last_id = std::max(touch.last_id, id);
  return true;
}

bool NavigationState::lift(NavigationEvent& event) {
  const auto held = touches_.find(event.identifier);
  if (held == touches_.end()) return false;
  event.identifier = held->second.number;
  event.track = held->second.last.track;
  numbers_.give_back(event.identifier);
  touches_.erase(held);
  return true;
}

// GStreamer's touch-cancel is about all fingers. Where others have some down, those of this session
// are lifted instead.
std::vector<NavigationEvent> NavigationState::cancel_touches() {
  std::vector<NavigationEvent> events;
  if (touches_.empty()) return events;
  const bool alone = numbers_.count() == touches_.size();
  std::set<unsigned> tracks;
  for (const auto& [identifier, touch] : touches_) {
    numbers_.give_back(touch.number);
    tracks.insert(touch.last.track);
    if (!alone) events.push_back(as(Type::kTouchUp, touch.last));
  }
  touches_.clear();
  for (const unsigned track : tracks) {
    NavigationEvent last;
    last.type = alone ? Type::kTouchCancel : Type::kTouchFrame;
    last.track = track;
    events.push_back(last);
  }
  return events;
}

std::vector<NavigationEvent> NavigationState::release() {
  std::vector<NavigationEvent> events;
  // What was pressed last is released first, so that a shortcut does not become another one.
  std::transform(keys_.rbegin(), keys_.rend(), std::back_inserter(events),
                 [](const NavigationEvent& held) { return as(Type::kKeyRelease, held); });
  keys_.clear();
  for (const auto& [button, pressed] : buttons_) {
    NavigationEvent event = as(Type::kMouseButtonRelease, pressed);
    // Where the pointer was seen last, if that was in the same picture.
    if (pointer_.track == pressed.track) move_to(event, pointer_);
    events.push_back(event);
  }
  buttons_.clear();
  const auto cancelled = cancel_touches();
  events.insert(events.end(), cancelled.begin(), cancelled.end());
  return events;
}

}  // namespace webrtcserver
