// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_holder.hpp"

#include <utility>

namespace webrtcserver {

const char* to_string(ControlPolicy policy) {
  switch (policy) {
    case ControlPolicy::kAll:
      return "all";
    case ControlPolicy::kFirst:
      return "first";
    case ControlPolicy::kExclusive:
      return "exclusive";
  }
  return "all";
}

void ControlHolder::give(std::string session) {
  if (session == holder_) return;
  holder_ = std::move(session);
  on_changed_();
}

void ControlHolder::give_to_next() {
  std::string next;
  if (!line_.empty()) {
    next = std::move(line_.front());
    line_.pop_front();
  }
  give(std::move(next));
}

void ControlHolder::permit(const std::string& session, bool may) {
  if (may) {
    if (!permitted_.insert(session).second || policy_ != ControlPolicy::kFirst) return;
    line_.push_back(session);
    if (holder_.empty()) give_to_next();
    return;
  }
  permitted_.erase(session);
  std::erase(line_, session);
  release(session);
}

std::optional<ControlFault> ControlHolder::acquire(const std::string& session) {
  if (policy_ == ControlPolicy::kAll || holder_ == session) return {};
  if (!holder_.empty())
    return ControlFault("held", "", holder_ + " has control until it leaves or gives it back.");
  give(session);
  return {};
}

void ControlHolder::release(const std::string& session) {
  if (holder_ == session) give_to_next();
}

std::optional<ControlFault> ControlHolder::refusal(const std::string& by) const {
  if (policy_ == ControlPolicy::kAll || holder_ == by) return {};
  if (!holder_.empty())
    return ControlFault("not-in-control", "", holder_ + " has control; nothing was changed.");
  if (permitted_.count(by) == 0) return {};
  return ControlFault("not-in-control", "",
                      "Nobody has control; a request of type \"acquire\" takes it.");
}

}  // namespace webrtcserver
