// SPDX-License-Identifier: LGPL-2.1-or-later
// signalling_client.hpp — a browser's side of the WebSocket, which remembers what it was told.
// Methods come from the test's thread; the socket lives on a thread of its own.
#pragma once

#include <libsoup/soup.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/loop_thread.hpp"
#include "base/ref.hpp"

namespace webrtcserver::test {

class SignallingClient {
 public:
  struct Message {
    std::string type;
    JsonReader data;
    std::string text;  // all of it, as it came
  };

  struct Seen {
    bool open = false;
    bool closed = false;      // after it was open, or because it did not open
    int upgrade_status = 0;   // of the HTTP response that refused the upgrade
    std::string retry_after;  // of the same
    std::vector<Message> messages;

    // The first message of the type, or null.
    const Message* find(std::string_view type) const;
    std::size_t count(std::string_view type) const;
    // The `field` of the first message of the type; empty when there is none.
    std::string text(std::string_view type, const char* field) const;
  };

  // Opens "ws://127.0.0.1:8554/output" at once. `on_message` is called on the client's thread.
  explicit SignallingClient(const std::string& url,
                            std::function<void(const Message&)> on_message = {});
  ~SignallingClient();
  SignallingClient(const SignallingClient&) = delete;
  SignallingClient& operator=(const SignallingClient&) = delete;

  void send(const std::string& text);
  void send_answer(const std::string& sdp);
  void send_candidate(unsigned media_index, const std::string& candidate);
  // Ends the connection as a browser that is killed does: without a word.
  void vanish();

  Seen seen() const;
  // Waits until `condition` holds, or returns false after kPatience.
  bool wait(const std::function<bool(const Seen&)>& condition);
  bool wait_for(const char* type);
  bool wait_closed();

 private:
  static void on_connected(GObject* session, GAsyncResult* result, gpointer self);

  template <typename Change>
  void change(Change&& change);
  void connect(const std::string& url);
  void take(GBytes* bytes);

  const std::function<void(const Message&)> on_message_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Seen seen_;  // guarded by mutex_

  // The client's thread.
  Ref<SoupSession> session_;
  Ref<SoupMessage> request_;
  Ref<SoupWebsocketConnection> connection_;
  Ref<GCancellable> cancellable_;

  LoopThread loop_{"test-client"};
};

}  // namespace webrtcserver::test
