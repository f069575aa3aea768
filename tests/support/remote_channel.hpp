// SPDX-License-Identifier: LGPL-2.1-or-later
// remote_channel.hpp — the browser's side of data channels: says, and remembers what it heard.
// Public methods come from the test's thread; what arrives, on webrtcbin's.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver::test {

class RemoteChannel {
 public:
  RemoteChannel() = default;
  ~RemoteChannel();
  RemoteChannel(const RemoteChannel&) = delete;
  RemoteChannel& operator=(const RemoteChannel&) = delete;

  // The channel that the other side has opened.
  void take(GObject* channel);

  // Waits for the channel; its label, or empty after kPatience.
  std::string wait_label();
  // The channel must be there.
  void say(const std::string& text);
  void say_bytes();
  // A property of the channel, which must be there.
  gint number(const char* property) const;
  // Waits until what was said has left; false after kPatience.
  bool wait_sent();
  // What came over it. Waits for `count`, but no longer than kPatience.
  std::vector<std::string> heard(std::size_t count);

 private:
  Ref<GObject> channel() const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Ref<GObject> channel_;            // guarded by mutex_
  std::vector<std::string> heard_;  // guarded by mutex_
};

// Those that a server opens.
struct RemoteChannels {
  RemoteChannel control;
  RemoteChannel lossy;

  void take(GObject* channel);
};

}  // namespace webrtcserver::test
