// SPDX-License-Identifier: LGPL-2.1-or-later
// data_channel.hpp — a peer's data channel "control": reliable, ordered text, bounded both ways.
// attach(), detach(), send() and taken() on the peer's serial queue; the rest from any thread. The
// listener is called on webrtcbin's threads, which must not wait.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/ref.hpp"
#include "net/token_bucket.hpp"

namespace webrtcserver {

class DataChannel : public std::enable_shared_from_this<DataChannel> {
 public:
  static constexpr char kLabel[] = "control";
  static constexpr std::size_t kMaxReceived = 16 * 1024;  // bytes of a message from the browser
  static constexpr std::size_t kMaxSent = 64 * 1024;  // bytes of one to it: all browsers take it
  static constexpr std::size_t kMaxBuffered = 1024 * 1024;  // bytes that wait for the network
  static constexpr double kMessagesPerSecond = 200;         // from the browser, sustained
  static constexpr double kMessageBurst = 400;
  static constexpr int kMaxWaiting = 64;  // messages from the browser that nobody has taken yet
  static constexpr int kMaxForeign = 16;  // channels that the browser opens; nobody listens there

  enum class Fault { kNone, kTooLarge, kTooFast, kBinary };

  struct Message {
    std::string text;  // with a fault, no more than its beginning
    Fault fault;
  };

  class Listener {
   public:
    virtual ~Listener() = default;

    // To be followed by taken(). Of those that come while kMaxWaiting wait nothing is heard.
    virtual void on_message(Message message) = 0;
    // The browser opens more channels than anybody needs.
    virtual void on_too_many_channels() = 0;
  };

  explicit DataChannel(std::weak_ptr<Listener> listener);

  // Makes the channel of a webrtcbin that is in READY or above and has not made its offer. Without
  // GStreamer's SCTP elements there is none, which is logged once.
  void attach(GstElement* webrtcbin);
  // Ahead of the webrtcbin's end.
  void detach();

  bool is_open() const { return open_; }
  // Drops what is too large, and everything while kMaxBuffered bytes wait.
  void send(const std::string& text);
  void taken() { --waiting_; }

  std::uint64_t dropped() const { return dropped_; }  // messages that were to be sent

  // What the browser takes at once, as it says.
  void set_max_message(std::uint64_t bytes) { max_message_ = bytes; }

 private:
  // On a thread of webrtcbin's.
  void receive(std::string_view text, bool binary);
  void update_state(gpointer channel);
  void count_foreign();

  const std::weak_ptr<Listener> listener_;
  std::atomic<bool> open_{false};
  std::atomic<int> waiting_{0};
  std::atomic<std::uint64_t> dropped_{0};

  // The queue's own.
  Ref<GObject> channel_;
  std::uint64_t max_message_ = kMaxSent;

  // Of the one thread on which webrtcbin reports.
  TokenBucket rate_{kMessagesPerSecond, kMessageBurst};
  int foreign_ = 0;
};

}  // namespace webrtcserver
