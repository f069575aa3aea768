// SPDX-License-Identifier: LGPL-2.1-or-later
// navigation.hpp — what the browsers of one stream do on its picture: taken from each session,
// given to the pipeline in the order in which it came, and released when a session may no more.
// Server thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "server/navigation_queue.hpp"
#include "server/navigation_state.hpp"
#include "signalling/control_messages.hpp"

namespace webrtcserver {

class Navigation {
 public:
  // `push` gives an event to the pipeline, and may take its time.
  explicit Navigation(NavigationQueue::Push push);

  // `request` has a navigation event; a move that something later has overtaken is left out. Throws
  // ControlFault.
  void take(const std::string& session, const ControlRequest& request);
  // The session is over, or may not control any more: what it holds is released.
  void release(const std::string& session);

 private:
  const std::shared_ptr<NavigationQueue> queue_;
  TouchNumbers touches_;
  std::map<std::string, NavigationState> sessions_;  // those that have said something
};

}  // namespace webrtcserver
