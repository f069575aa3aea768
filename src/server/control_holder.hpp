// SPDX-License-Identifier: LGPL-2.1-or-later
// control_holder.hpp — which of the sessions that may change something of a stream does so now.
// Server thread.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "server/control.hpp"

namespace webrtcserver {

enum class ControlPolicy {
  kAll,        // everybody
  kFirst,      // whoever came first; when that one leaves, the next
  kExclusive,  // whoever asks for it while nobody has it
};

const char* to_string(ControlPolicy policy);

class ControlHolder {
 public:
  // `on_changed` is called when it is another one.
  ControlHolder(ControlPolicy policy, std::function<void()> on_changed)
      : policy_(policy), on_changed_(std::move(on_changed)) {}

  ControlPolicy policy() const { return policy_; }
  // Empty: nobody, or everybody under kAll.
  const std::string& holder() const { return holder_; }

  // Whether a session may change something at all. One that goes may not.
  void permit(const std::string& session, bool may);
  // For a session that may. "held": somebody else has it.
  std::optional<ControlFault> acquire(const std::string& session);
  // What a session does not have it need not give back.
  void release(const std::string& session);
  // Why `by` may change nothing now: "not-in-control". What has no session, as a request over HTTP,
  // counts as one that takes control for as long as its request takes.
  std::optional<ControlFault> refusal(const std::string& by) const;

 private:
  void give(std::string session);
  void give_to_next();

  const ControlPolicy policy_;
  const std::function<void()> on_changed_;
  std::string holder_;
  std::set<std::string> permitted_;
  std::deque<std::string> line_;  // of kFirst: who comes after the holder
};

}  // namespace webrtcserver
