// SPDX-License-Identifier: LGPL-2.1-or-later
// socket_channel.hpp — a connection that has left HTTP: non-blocking reads, and writes into a
// bounded queue that a peer who does not read can neither grow nor stall. Server thread.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "base/loop_thread.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

class SocketChannel : public std::enable_shared_from_this<SocketChannel> {
 public:
  struct Limits {
    std::size_t max_backlog;                  // bytes that wait for the kernel
    std::chrono::milliseconds stall_timeout;  // with bytes waiting and none taken
    std::chrono::milliseconds linger_timeout{
        2'000};  // from finish() to the end, whatever the peer does
  };

  enum class End { kPeer, kBacklog, kStalled, kFailed, kFinished };

  // Never called from inside a method of the channel. Shared, so that a call cannot outlive its
  // object.
  class Listener {
   public:
    virtual void on_bytes(std::string_view bytes) = 0;
    virtual void on_end(End end) = 0;  // the last call, once
    virtual ~Listener() = default;
  };

  // `socket` is the one below `stream`, which may speak TLS.
  static std::shared_ptr<SocketChannel> create(LoopThread& loop, Ref<GIOStream> stream,
                                               Ref<GSocket> socket, const Limits& limits);
  ~SocketChannel();
  SocketChannel(const SocketChannel&) = delete;
  SocketChannel& operator=(const SocketChannel&) = delete;

  // Begins to read. The channel keeps its listener, and itself, alive until on_end().
  void start(std::shared_ptr<Listener> listener);
  // Ignored after finish() and after the end.
  void write(std::string_view bytes);
  // Sends what is queued, then ends the stream; what still arrives is discarded until the peer ends
  // too, because closing a socket with unread bytes would reset it and lose what was just sent.
  void finish();
  // Drops the connection; on_end() follows.
  void abort() { doom(End::kFinished); }

  std::size_t backlog() const { return backlog_; }

 private:
  SocketChannel(LoopThread& loop, Ref<GIOStream> stream, Ref<GSocket> socket, const Limits& limits);

  GPollableInputStream* input() const;
  GPollableOutputStream* output() const;
  void watch_input();
  void watch_output();
  bool read();
  bool flush();
  void half_close();
  void arm_stall_timer();
  void doom(End end);
  void end(End end);
  void report_end();

  LoopThread& loop_;
  Ref<GIOStream> stream_;
  Ref<GSocket> socket_;
  const Limits limits_;
  std::shared_ptr<Listener> listener_;
  std::shared_ptr<SocketChannel> self_;  // from start() to the end
  std::deque<std::string> queue_;
  std::size_t front_sent_ = 0;  // bytes of the queue's first element
  std::size_t backlog_ = 0;
  bool finishing_ = false;
  bool half_closed_ = false;
  bool ended_ = false;
  End end_ = End::kFinished;  // why, once ended_
  GSource* input_source_ = nullptr;
  GSource* output_source_ = nullptr;
  Timer stall_timer_;
  Timer end_timer_;
};

}  // namespace webrtcserver
