// SPDX-License-Identifier: LGPL-2.1-or-later
// navigation_state.hpp — what one session holds down of a pipeline: keys, buttons, fingers. It lets
// through what makes sense, and knows what has to be released when the session goes.
// Server thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "signalling/navigation_event.hpp"

namespace webrtcserver {

// Numbers for the fingers of all sessions of a stream: those of the browsers' own would meet.
class TouchNumbers {
 public:
  unsigned take();
  void give_back(unsigned number) { taken_.erase(number); }
  std::size_t count() const { return taken_.size(); }

 private:
  std::set<unsigned> taken_;
};

class NavigationState {
 public:
  static constexpr std::size_t kMaxKeys = 32;
  static constexpr std::size_t kMaxTouches = 16;

  // `numbers` outlives this.
  explicit NavigationState(TouchNumbers& numbers) : numbers_(numbers) {}
  NavigationState(const NavigationState&) = delete;
  NavigationState& operator=(const NavigationState&) = delete;
  ~NavigationState();

  // What the pipeline is to be told: nothing for the release of what this session does not hold.
  // Throws ControlFault("too-many") where it holds the most already. `id`: the request's.
  std::vector<NavigationEvent> take(const NavigationEvent& event, std::int64_t id);
  // What tells the pipeline that nothing is held any more.
  std::vector<NavigationEvent> release();

  // Whether it is a move, and something later of the same pointer or finger has been seen.
  bool is_overtaken(const NavigationEvent& event, std::int64_t id) const;

 private:
  struct Touch {
    unsigned number;
    NavigationEvent last;
    std::int64_t last_id;
  };

  void press_key(const NavigationEvent& event);
  bool release_key(NavigationEvent& event);
  bool release_button(NavigationEvent& event);
  bool put_down(NavigationEvent& event, std::int64_t id);
  bool move_touch(NavigationEvent& event, std::int64_t id);
  bool lift(NavigationEvent& event);
  std::vector<NavigationEvent> cancel_touches();

  TouchNumbers& numbers_;
  std::vector<NavigationEvent> keys_;       // as they were pressed, in that order
  std::map<int, NavigationEvent> buttons_;  // by number; as they were pressed
  std::map<unsigned, Touch> touches_;       // by the browser's identifier
  NavigationEvent pointer_;                 // where it was seen last
  std::int64_t pointer_id_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace webrtcserver
