// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/custom_socket.hpp"

#include <utility>

namespace webrtcserver {

CustomSocket::CustomSocket(LoopThread& loop, std::unique_ptr<WebSocket> socket, Grant grant,
                           std::shared_ptr<ApplicationCalls> calls, std::function<void()> gone)
    : loop_(loop),
      peer_address_(socket->peer_address()),
      calls_(std::move(calls)),
      grant_(std::move(grant)),
      socket_(std::move(socket)),
      gone_(std::move(gone)) {}

CustomSocket::~CustomSocket() {
  // It has been closed by now, unless it never started.
  if (socket_) loop_.post([socket = std::shared_ptr<WebSocket>(std::move(socket_))] {});
}

void CustomSocket::start(std::function<void()> begin) {
  begun_ = calls_->offer(std::move(begin));
  if (!begun_) return end(WebSocket::kTryAgainLater, "The application does not keep up.");
  socket_->set_listener(this);
}

bool CustomSocket::send(std::string text) {
  if (closed_) return false;
  const std::size_t size = text.size();
  if (said_bytes_.fetch_add(size) + size > kMaxWaitingBytes) {
    said_bytes_ -= size;
    return false;
  }
  loop_.post([self = shared_from_this(), text = std::move(text)] {
    self->said_bytes_ -= text.size();
    if (self->socket_) self->socket_->send_text(text);
  });
  return true;
}

void CustomSocket::close() {
  loop_.post([self = shared_from_this()] { self->end(WebSocket::kNormal, ""); });
}

void CustomSocket::end(CloseCode code, std::string_view reason) {
  if (!socket_) return;
  socket_->set_listener(nullptr);
  socket_->close(code, reason);
  forget();
}

Grant CustomSocket::grant() const {
  const std::scoped_lock lock(mutex_);
  return grant_;
}

void CustomSocket::check_grant(const Authorizer& authorizer, bool renew) {
  const Grant before = grant();
  if (before.expired(seconds_now()))
    return end(WebSocket::kPolicyViolation, "The token has expired.");
  if (!renew) return;
  auto renewed = authorizer.renew(before);
  if (!renewed) return end(WebSocket::kPolicyViolation, "The token does not count any more.");
  const std::scoped_lock lock(mutex_);
  grant_ = std::move(*renewed);
}

void CustomSocket::on_text(std::string_view text) {
  if (heard_ >= kMaxWaiting || heard_bytes_ + text.size() > kMaxWaitingBytes)
    return end(WebSocket::kTryAgainLater, "The application does not keep up.");
  ++heard_;
  heard_bytes_ += text.size();
  auto call = [self = shared_from_this(), text = std::string(text)] {
    --self->heard_;
    self->heard_bytes_ -= text.size();
    if (self->events_.text) self->events_.text(text);
  };
  if (!calls_->offer_message(text.size(), std::move(call)))
    end(WebSocket::kTryAgainLater, "The application does not keep up.");
}

// The WebSocket says it in its close frame.
void CustomSocket::on_violation(std::string_view /*code*/, const std::string& /*message*/) {}

void CustomSocket::on_closed() {
  forget();
}

void CustomSocket::forget() {
  const auto self = shared_from_this();
  closed_ = true;
  socket_.reset();
  // The application has not heard of one that did not begin.
  if (begun_) {
    calls_->post([self] {
      const Events events = std::exchange(self->events_, {});
      if (events.closed) events.closed();
    });
  }
  if (const auto gone = std::exchange(gone_, {})) gone();
}

}  // namespace webrtcserver
