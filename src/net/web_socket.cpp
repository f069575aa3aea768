// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/web_socket.hpp"

#include <utility>

#include "base/log.hpp"
#include "net/socket_channel.hpp"
#include "net/token_bucket.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

// The part that lives until the socket is closed, with or without the WebSocket it belonged to.
class WebSocket::Connection : public SocketChannel::Listener,
                              public std::enable_shared_from_this<WebSocket::Connection> {
 public:
  Connection(LoopThread& loop, std::shared_ptr<SocketChannel> channel, std::string peer_address,
             const Limits& limits)
      : loop_(loop),
        channel_(std::move(channel)),
        peer_address_(std::move(peer_address)),
        limits_(limits),
        frames_(limits.max_message),
        messages_(limits.messages_per_second, limits.message_burst),
        bytes_(limits.bytes_per_second, limits.byte_burst) {}

  void set_listener(WebSocket::Listener* listener) {
    listener_ = listener;
    if (listener) start();
  }

  void start() {
    if (started_) return;
    started_ = true;
    heard_ = Clock::now();
    ping_timer_ = loop_.every(limits_.ping_interval, [this] { return check_life(); });
    channel_->start(shared_from_this());
  }

  void send_text(std::string_view text) {
    if (state_ == State::kOpen) channel_->write(make_frame(Opcode::kText, text));
  }

  void close(CloseCode code, std::string_view reason) {
    if (state_ != State::kOpen) return;
    state_ = State::kClosing;
    channel_->write(make_close_frame(code, reason));
    close_timer_ = loop_.after(limits_.close_timeout, [this] { channel_->abort(); });
  }

  void abandon() {
    listener_ = nullptr;
    close(CloseCode::kGoingAway, "");
    start();  // so that the closing handshake is read
  }

  bool is_open() const { return state_ == State::kOpen; }
  const std::string& peer_address() const { return peer_address_; }
  std::size_t backlog() const { return channel_->backlog(); }

 private:
  using Clock = TokenBucket::Clock;

  enum class State {
    kOpen,
    kClosing,  // our close frame is out and the peer's is not in
    kClosed,   // nothing from the peer matters any more
  };

  void on_bytes(std::string_view bytes) override {
    const auto self = shared_from_this();
    heard_ = Clock::now();
    if (!bytes_.take(static_cast<double>(bytes.size()), heard_)) {
      violate("rate", "More bytes arrive than are accepted.", CloseCode::kPolicyViolation);
      return;
    }
    frames_.push(bytes);
    try {
      while (state_ != State::kClosed) {
        const auto message = frames_.next();
        if (!message) break;
        take(*message);
      }
    } catch (const FrameError& error) {
      violate(error.code() == CloseCode::kTooLarge ? "too-large" : "bad-message", error.what(),
              error.code());
    }
  }

  void take(const FrameReader::Message& message) {
    if (message.opcode == Opcode::kClose) {
      take_close(message.payload);
      return;
    }
    if (state_ != State::kOpen) return;
    if (!messages_.take(1, heard_)) {
      violate("rate", "More messages arrive than are accepted.", CloseCode::kPolicyViolation);
      return;
    }
    switch (message.opcode) {
      case Opcode::kText:
        if (listener_) listener_->on_text(message.payload);
        break;
      case Opcode::kPing:
        channel_->write(make_frame(Opcode::kPong, message.payload));
        break;
      case Opcode::kPong:
        break;
      default:
        violate("bad-message", "Binary messages are not part of the protocol.",
                CloseCode::kUnsupportedData);
    }
  }

  void take_close(std::string_view payload) {
    const CloseCode code = parse_close(payload);
    if (state_ == State::kOpen) channel_->write(make_close_frame(code, ""));
    end();
  }

  // The peer's bytes cannot be trusted any further: says so, closes, and reads nothing more.
  void violate(std::string_view code, const std::string& message, CloseCode close_code) {
    if (state_ == State::kOpen) {
      GST_INFO("WebSocket of %s: %s", peer_address_.c_str(), message.c_str());
      if (listener_) listener_->on_violation(code, message);
      if (state_ == State::kOpen) channel_->write(make_close_frame(close_code, message));
    }
    end();
  }

  void end() {
    state_ = State::kClosed;
    close_timer_.cancel();
    ping_timer_.cancel();
    channel_->finish();
  }

  bool check_life() {
    if (Clock::now() - heard_ > limits_.idle_timeout) {
      GST_INFO("WebSocket of %s: silent for too long, dropped.", peer_address_.c_str());
      state_ = State::kClosed;
      channel_->abort();
      return false;
    }
    if (state_ == State::kOpen) channel_->write(make_frame(Opcode::kPing, {}));
    return true;
  }

  void on_end(SocketChannel::End end) override {
    const auto self = shared_from_this();
    if (end == SocketChannel::End::kBacklog || end == SocketChannel::End::kStalled) {
      GST_INFO("WebSocket of %s: its peer does not read, dropped.", peer_address_.c_str());
    }
    state_ = State::kClosed;
    close_timer_.cancel();
    ping_timer_.cancel();
    if (auto* listener = std::exchange(listener_, nullptr)) listener->on_closed();
  }

  LoopThread& loop_;
  const std::shared_ptr<SocketChannel> channel_;
  const std::string peer_address_;
  const Limits limits_;
  FrameReader frames_;
  TokenBucket messages_;
  TokenBucket bytes_;
  WebSocket::Listener* listener_ = nullptr;
  State state_ = State::kOpen;
  bool started_ = false;
  Clock::time_point heard_;  // the last byte from the peer
  Timer ping_timer_;
  Timer close_timer_;
};

WebSocket::WebSocket(LoopThread& loop, std::shared_ptr<SocketChannel> channel,
                     std::string peer_address, const Limits& limits)
    : connection_(std::make_shared<Connection>(loop, std::move(channel), std::move(peer_address),
                                               limits)) {}

WebSocket::~WebSocket() {
  connection_->abandon();
}

void WebSocket::set_listener(Listener* listener) {
  connection_->set_listener(listener);
}

void WebSocket::send_text(std::string_view text) {
  connection_->send_text(text);
}

void WebSocket::close(CloseCode code, std::string_view reason) {
  connection_->close(code, reason);
}

bool WebSocket::is_open() const {
  return connection_->is_open();
}

const std::string& WebSocket::peer_address() const {
  return connection_->peer_address();
}

std::size_t WebSocket::backlog() const {
  return connection_->backlog();
}

}  // namespace webrtcserver
