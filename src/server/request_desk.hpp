// SPDX-License-Identifier: LGPL-2.1-or-later
// request_desk.hpp — what one browser asks for by remote control. What concerns the pipeline is
// done by the stream on the server thread; what concerns the application waits in an inbox for it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/loop_thread.hpp"
#include "net/token_bucket.hpp"
#include "rtc/data_channel.hpp"
#include "server/inbox.hpp"
#include "server/metrics.hpp"
#include "server/stream.hpp"
#include "signalling/control_messages.hpp"

namespace webrtcserver {

class RequestDesk : public std::enable_shared_from_this<RequestDesk> {
 public:
  // Gets the reply, on the server thread.
  using Reply = std::function<void(const std::string& json)>;

  // `session` is what the application knows it by.
  RequestDesk(const std::shared_ptr<Stream>& stream, std::string session);

  // Whether requests that change something are heeded. Any thread.
  bool may_control() const { return may_control_; }
  void set_may_control(bool may) { may_control_ = may; }

  // The application knows the session: from here to close() it is told what the browser says. Any
  // thread.
  void open() { inbox_->open(); }
  // See Inbox::close().
  void close(std::function<void()> then) { inbox_->close(std::move(then)); }

  // A request that came over the data channel, which has bounded it. Any thread. It is replied to
  // when it has been done, which for a message is once the application has been told all that came
  // before. What comes while too much waits is dropped.
  void take(const DataChannel::Message& message, Reply reply);
  // One that came over the WebSocket. Server thread.
  void take_text(std::string text, Reply reply);

 private:
  // On the inbox's queue, since the application may take its time. The reply.
  std::string tell_application(const ControlRequest& request) const;
  // Server thread.
  void take_control(const ControlRequest& request, const Reply& reply);

  LoopThread& loop_;
  const std::string session_;
  const char* const role_;
  const std::string stream_name_;
  const std::shared_ptr<Metrics> metrics_;
  const std::shared_ptr<ServerEvents> events_;
  const std::weak_ptr<Stream::Observer> observer_;
  const std::weak_ptr<Stream> stream_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::atomic<bool> may_control_{false};
  // For those that come over the WebSocket; the data channel has its own.
  TokenBucket rate_{DataChannel::kMessagesPerSecond, DataChannel::kMessageBurst};
};

}  // namespace webrtcserver
