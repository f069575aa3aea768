// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/navigation.hpp"

#include <utility>

#include "server/control.hpp"

namespace webrtcserver {

namespace {

// What makes the pipeline forget something is never left out.
bool releases(NavigationEvent::Type type) {
  using Type = NavigationEvent::Type;
  return type == Type::kMouseButtonRelease || type == Type::kKeyRelease || type == Type::kTouchUp ||
         type == Type::kTouchCancel;
}

}  // namespace

Navigation::Navigation(NavigationQueue::Push push)
    : queue_(std::make_shared<NavigationQueue>(std::move(push))) {}

void Navigation::take(const std::string& session, const ControlRequest& request) {
  const NavigationEvent& event = *request.navigation;
  NavigationState& state = sessions_.try_emplace(session, touches_).first->second;
  if (request.lossy && state.is_overtaken(event, request.id)) return;
  if (!queue_->has_room() && !event.is_move() && !releases(event.type)) {
    throw ControlFault("busy", "",
                       "The pipeline is still busy with earlier events; this one was left out.");
  }
  for (auto& each : state.take(event, request.id)) queue_->put(session, std::move(each));
}

void Navigation::release(const std::string& session) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  for (auto& each : found->second.release()) queue_->put(session, std::move(each));
  sessions_.erase(found);
}

}  // namespace webrtcserver
