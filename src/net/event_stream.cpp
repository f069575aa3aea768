// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/event_stream.hpp"

#include <utility>

#include "net/socket_channel.hpp"

namespace webrtcserver {

class EventStream::Connection : public SocketChannel::Listener {
 public:
  Connection(LoopThread& loop, std::shared_ptr<SocketChannel> channel, std::string peer_address,
             const Limits& limits)
      : channel_(std::move(channel)), peer_address_(std::move(peer_address)) {
    ping_timer_ = loop.every(limits.ping_interval, [this] {
      channel_->write(": ping\n\n");
      return true;
    });
  }

  void write(std::string_view text) {
    if (open_) channel_->write(text);
  }

  void abandon() {
    closed_ = nullptr;
    open_ = false;
    ping_timer_.cancel();
    channel_->finish();
  }

  void set_closed(std::function<void()> closed) { closed_ = std::move(closed); }
  SocketChannel& channel() { return *channel_; }
  bool is_open() const { return open_; }
  const std::string& peer_address() const { return peer_address_; }

 private:
  void on_bytes(std::string_view /*bytes*/) override {
  }  // The request is complete; more means nothing.

  void on_end(SocketChannel::End /*end*/) override {
    open_ = false;
    ping_timer_.cancel();
    if (const auto closed = std::exchange(closed_, nullptr)) closed();
  }

  const std::shared_ptr<SocketChannel> channel_;
  const std::string peer_address_;
  std::function<void()> closed_;
  bool open_ = true;
  Timer ping_timer_;
};

EventStream::EventStream(LoopThread& loop, std::shared_ptr<SocketChannel> channel,
                         std::string peer_address, const Limits& limits)
    : connection_(
          std::make_shared<Connection>(loop, std::move(channel), std::move(peer_address), limits)) {
  connection_->channel().start(connection_);
}

EventStream::~EventStream() {
  connection_->abandon();
}

void EventStream::send(std::string_view event, std::string_view data) {
  std::string text = "event: " + std::string(event) + "\n";
  while (true) {
    const std::size_t end = data.find_first_of("\r\n");
    text += "data: " + std::string(data.substr(0, end)) + "\n";
    if (end == std::string_view::npos) break;
    const bool both = data.substr(end, 2) == "\r\n";
    data.remove_prefix(end + (both ? 2 : 1));
  }
  connection_->write(text + "\n");
}

void EventStream::on_closed(std::function<void()> callback) {
  connection_->set_closed(std::move(callback));
}

bool EventStream::is_open() const {
  return connection_->is_open();
}

const std::string& EventStream::peer_address() const {
  return connection_->peer_address();
}

}  // namespace webrtcserver
