// SPDX-License-Identifier: LGPL-2.1-or-later
// control_changes.hpp — changes of controls that an application is still to be told of. Every one,
// unless it falls far behind: then of each control the last counts.
#pragma once

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "server/control.hpp"

namespace webrtcserver {

// Any thread.
class ControlChanges {
 public:
  using Change = std::pair<std::string, ControlValue>;

  static constexpr std::size_t kMany = 256;

  // Whether there is one more to be taken.
  bool add(const std::string& name, const ControlValue& value) {
    const std::scoped_lock lock(mutex_);
    if (changes_.size() >= kMany) {
      const auto last = std::find_if(changes_.rbegin(), changes_.rend(),
                                     [&](const Change& change) { return change.first == name; });
      if (last != changes_.rend()) {
        last->second = value;
        return false;
      }
    }
    changes_.emplace_back(name, value);
    return true;
  }
  std::optional<Change> take() {
    const std::scoped_lock lock(mutex_);
    if (changes_.empty()) return {};
    Change first = std::move(changes_.front());
    changes_.pop_front();
    return first;
  }

 private:
  std::mutex mutex_;
  std::deque<Change> changes_;  // guarded by mutex_
};

}  // namespace webrtcserver
