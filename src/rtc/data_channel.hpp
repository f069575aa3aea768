// SPDX-License-Identifier: LGPL-2.1-or-later
// data_channel.hpp — one data channel of a peer: text, bounded both ways. See data_channels.hpp.
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
  enum class Kind {
    kControl,  // reliable, ordered
    kLossy,    // unordered, never sent again: for what is worth nothing a moment later
  };

  static constexpr std::size_t kMaxReceived = 16 * 1024;  // bytes of a message from the browser
  static constexpr std::size_t kMaxSent = 64 * 1024;  // bytes of one to it: all browsers take it
  static constexpr std::size_t kMaxBuffered = 1024 * 1024;  // bytes that wait for the network
  // The same of a lossy one. Of a large message one packet that is lost loses all, and what waits
  // is old already.
  static constexpr std::size_t kMaxLossySent = 16 * 1024;
  static constexpr std::size_t kMaxLossyBuffered = 32 * 1024;
  static constexpr double kMessagesPerSecond = 200;  // from the browser, sustained
  static constexpr double kMessageBurst = 400;
  // From the browser, and nobody has taken them yet: a burst, but not of the largest.
  static constexpr int kMaxWaiting = static_cast<int>(kMessageBurst);
  static constexpr std::size_t kMaxWaitingBytes = 1024 * 1024;

  enum class Fault { kNone, kTooLarge, kTooFast, kBinary };

  struct Message {
    std::string text;  // with a fault, no more than its beginning
    Fault fault;
    bool lossy = false;  // it came over such a channel, and nobody waits for a reply
  };

  class Listener {
   public:
    virtual ~Listener() = default;

    virtual void on_open(Kind /*kind*/) {}
    // To be followed by taken(). Of those that come while the most are waiting nothing is heard.
    virtual void on_message(Message message) = 0;
    // The browser opens more channels than anybody needs.
    virtual void on_too_many_channels() = 0;
  };

  DataChannel(Kind kind, std::weak_ptr<Listener> listener);

  // Makes the channel of a webrtcbin that is in READY or above and has not made its offer.
  void attach(GstElement* webrtcbin);
  // Ahead of the webrtcbin's end.
  void detach();
  // The association is over, of which webrtcbin does not hear.
  void shut() { open_ = false; }

  bool is_open() const { return open_; }
  std::size_t max_buffered() const;
  // Bytes of a message: ours, and what the browser takes at once.
  std::size_t max_sent() const;
  // Drops what is too large, and everything while max_buffered() bytes wait.
  void send(const std::string& text);
  void taken(const Message& message) {
    --waiting_;
    waiting_bytes_ -= message.text.size();
  }

  std::uint64_t dropped() const { return dropped_; }  // messages that were to be sent

  // What the browser takes at once, as it says.
  void set_max_message(std::uint64_t bytes) { max_message_ = bytes; }

 private:
  // On a thread of webrtcbin's.
  void receive(std::string_view text, bool binary);
  void update_state(gpointer channel);

  const Kind kind_;
  const std::weak_ptr<Listener> listener_;
  std::atomic<bool> open_{false};
  std::atomic<int> waiting_{0};
  std::atomic<std::size_t> waiting_bytes_{0};
  std::atomic<std::uint64_t> dropped_{0};

  // The queue's own.
  Ref<GObject> channel_;
  std::atomic<std::uint64_t> max_message_{kMaxSent};

  // Of the one thread on which webrtcbin reports.
  TokenBucket rate_{kMessagesPerSecond, kMessageBurst};
};

}  // namespace webrtcserver
