// SPDX-License-Identifier: LGPL-2.1-or-later
// server_private.hpp — the Server's insides, for those of its functions that stand elsewhere, and
// what closures hold of it and of the application.
#pragma once

#include <gst/webrtcserver/server.h>

#include "base/ref.hpp"
#include "base/serial_queue.hpp"
#include "capi/server_core.hpp"

namespace webrtcserver {

ServerCore& core_of(GstWebRTCServerServer* server);

// The object in a handler's closure, which must not keep it alive.
class WeakServer {
 public:
  explicit WeakServer(GstWebRTCServerServer* server) { g_weak_ref_init(&weak_, server); }
  ~WeakServer() { g_weak_ref_clear(&weak_); }
  WeakServer(const WeakServer&) = delete;
  WeakServer& operator=(const WeakServer&) = delete;

  // Null where it is gone.
  Ref<GstWebRTCServerServer> lock() {
    return Ref<GstWebRTCServerServer>::adopt(
        static_cast<GstWebRTCServerServer*>(g_weak_ref_get(&weak_)));
  }

 private:
  GWeakRef weak_{};
};

// What the application gave with a function.
class UserData {
 public:
  UserData(gpointer data, GDestroyNotify destroy) : data_(data), destroy_(destroy) {}
  // On a thread of ours by a task: Python may end the thread, which must not happen in a
  // destructor.
  ~UserData() {
    if (!destroy_) return;
    if (SerialQueue::is_pool_thread()) {
      SerialQueue::create(SerialQueue::Pool::kApplication)
          ->post([data = data_, destroy = destroy_] { destroy(data); });
    } else {
      destroy_(data_);
    }
  }
  UserData(const UserData&) = delete;
  UserData& operator=(const UserData&) = delete;

  gpointer get() const { return data_; }

 private:
  const gpointer data_;
  const GDestroyNotify destroy_;
};

// What emits the signals of streams and sessions.
std::shared_ptr<SessionBook::Handler> new_book_handler(GstWebRTCServerServer* server);
void install_book_signals(GObjectClass* klass);

}  // namespace webrtcserver
