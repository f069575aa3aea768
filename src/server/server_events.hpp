// SPDX-License-Identifier: LGPL-2.1-or-later
// server_events.hpp — who is told of a server's streams and their sessions, beside the elements
// that the streams are of. Any thread.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace webrtcserver {

class Session;
class Stream;

class ServerEvents {
 public:
  // Server thread, unless a method says otherwise. Never with a lock held.
  class Listener {
   public:
    virtual ~Listener() = default;

    virtual void on_stream_added(const std::shared_ptr<Stream>& stream) = 0;
    // Its state is another one, or its sessions are; soon.
    virtual void on_stream_changed(const Stream& stream) = 0;
    virtual void on_stream_removed(const Stream& stream) = 0;
    // Ahead of what it hears first.
    virtual void on_session_added(const std::shared_ptr<Session>& session) = 0;
    virtual void on_session_changed(const Session& session) = 0;
    virtual void on_session_removed(const Session& session) = 0;
    // What its browser says to the application, which is JSON. On a queue of the session's that
    // waits for applications only.
    virtual void on_message(const std::string& session, const std::string& json) = 0;
  };

  void add(const std::shared_ptr<Listener>& listener) {
    const std::scoped_lock lock(mutex_);
    listeners_.push_back(listener);
  }
  void remove(const Listener* listener) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(listeners_, [&](const auto& weak) {
      const auto other = weak.lock();
      return !other || other.get() == listener;
    });
  }

  template <typename Call>
  void tell(Call&& call) const {
    std::vector<std::weak_ptr<Listener>> listeners;
    {
      const std::scoped_lock lock(mutex_);
      listeners = listeners_;
    }
    for (const auto& weak : listeners) {
      if (const auto listener = weak.lock()) call(*listener);
    }
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<Listener>> listeners_;  // guarded by mutex_
};

}  // namespace webrtcserver
