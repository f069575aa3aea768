// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/socket_channel.hpp"

#include <array>
#include <utility>

#include "base/guard.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

constexpr std::size_t kReadSize = 16 * 1024;

void remove(GSource*& source) {
  if (!source) return;
  g_source_destroy(source);
  g_source_unref(source);
  source = nullptr;
}

bool would_block(const GError* error) {
  return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

}  // namespace

std::shared_ptr<SocketChannel> SocketChannel::create(LoopThread& loop, Ref<GIOStream> stream,
                                                     Ref<GSocket> socket, const Limits& limits) {
  return std::shared_ptr<SocketChannel>(  // NOLINT: the constructor is private.
      new SocketChannel(loop, std::move(stream), std::move(socket), limits));
}

SocketChannel::SocketChannel(LoopThread& loop, Ref<GIOStream> stream, Ref<GSocket> socket,
                             const Limits& limits)
    : loop_(loop), stream_(std::move(stream)), socket_(std::move(socket)), limits_(limits) {}

SocketChannel::~SocketChannel() {
  remove(input_source_);
  remove(output_source_);
  // Disposing of the stream closes it, which for TLS writes an alert; on a socket that has been
  // shut down that fails at once instead of waiting for a peer who does not read.
  if (!ended_) g_socket_shutdown(socket_.get(), TRUE, TRUE, nullptr);
}

GPollableInputStream* SocketChannel::input() const {
  return G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream_.get()));
}

GPollableOutputStream* SocketChannel::output() const {
  return G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream_.get()));
}

void SocketChannel::start(std::shared_ptr<Listener> listener) {
  if (self_) return;
  listener_ = std::move(listener);
  self_ = shared_from_this();
  if (ended_) {
    end_timer_ = loop_.after(std::chrono::milliseconds(0), [this] { report_end(); });
  } else {
    watch_input();
  }
}

void SocketChannel::watch_input() {
  input_source_ = g_pollable_input_stream_create_source(input(), nullptr);
  const auto ready = [](GObject*, gpointer data) -> gboolean {
    return guard("reading a socket", false,
                 [&] { return static_cast<SocketChannel*>(data)->read(); });
  };
  g_source_set_callback(input_source_, G_SOURCE_FUNC(static_cast<GPollableSourceFunc>(ready)), this,
                        nullptr);
  g_source_attach(input_source_, loop_.context());
}

void SocketChannel::watch_output() {
  if (output_source_) return;
  output_source_ = g_pollable_output_stream_create_source(output(), nullptr);
  const auto ready = [](GObject*, gpointer data) -> gboolean {
    return guard("writing a socket", false,
                 [&] { return static_cast<SocketChannel*>(data)->flush(); });
  };
  g_source_set_callback(output_source_, G_SOURCE_FUNC(static_cast<GPollableSourceFunc>(ready)),
                        this, nullptr);
  g_source_attach(output_source_, loop_.context());
}

bool SocketChannel::read() {
  const auto self = shared_from_this();
  std::array<char, kReadSize>
      buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it.
  GError* error = nullptr;
  const gssize count = g_pollable_input_stream_read_nonblocking(input(), buffer.data(),
                                                                buffer.size(), nullptr, &error);
  const Owned<GError> owned(error);
  if (count > 0) {
    if (!finishing_)
      listener_->on_bytes(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    return !ended_;
  }
  if (count < 0 && would_block(error)) return true;
  end(count == 0 ? (finishing_ ? End::kFinished : End::kPeer) : End::kFailed);
  return false;
}

void SocketChannel::write(std::string_view bytes) {
  if (ended_ || finishing_ || bytes.empty()) return;
  if (bytes.size() > limits_.max_backlog - backlog_) {
    doom(End::kBacklog);
    return;
  }
  const bool idle = queue_.empty();
  backlog_ += bytes.size();
  queue_.emplace_back(bytes);
  if (!idle) return;
  arm_stall_timer();
  // Most messages fit into the kernel's buffer now. What does not, and any error, is met again when
  // the source below is dispatched.
  if (flush()) watch_output();
}

// Returns whether there is more to be written.
bool SocketChannel::flush() {
  bool progress = false;
  while (!queue_.empty()) {
    const std::string& front = queue_.front();
    GError* error = nullptr;
    const gssize sent = g_pollable_output_stream_write_nonblocking(
        output(), front.data() + front_sent_, front.size() - front_sent_, nullptr, &error);
    const Owned<GError> owned(error);
    if (sent < 0) {
      if (!would_block(error)) {
        doom(End::kFailed);
        remove(output_source_);
        return false;
      }
      if (progress) arm_stall_timer();
      return true;
    }
    progress = true;
    front_sent_ += static_cast<std::size_t>(sent);
    backlog_ -= static_cast<std::size_t>(sent);
    if (front_sent_ == front.size()) {
      queue_.pop_front();
      front_sent_ = 0;
    }
  }
  stall_timer_.cancel();
  remove(output_source_);
  if (finishing_) half_close();
  return false;
}

void SocketChannel::finish() {
  if (ended_ || finishing_) return;
  finishing_ = true;
  end_timer_ = loop_.after(limits_.linger_timeout, [this] { end(End::kFinished); });
  if (queue_.empty()) half_close();
}

void SocketChannel::half_close() {
  if (half_closed_) return;
  half_closed_ = true;
  // Closing a TLS output writes its close alert, and waits for room; a writable socket has room.
  if (g_socket_condition_check(socket_.get(), G_IO_OUT) & G_IO_OUT) {
    g_output_stream_close(G_OUTPUT_STREAM(output()), nullptr, nullptr);
  }
  g_socket_shutdown(socket_.get(), FALSE, TRUE, nullptr);
}

void SocketChannel::arm_stall_timer() {
  stall_timer_ = loop_.after(limits_.stall_timeout, [this] { end(End::kStalled); });
}

// Ends the channel from a place that must not call the listener.
void SocketChannel::doom(End reason) {
  if (ended_) return;
  finishing_ = true;
  queue_.clear();
  front_sent_ = 0;
  backlog_ = 0;
  end_timer_ = loop_.after(std::chrono::milliseconds(0), [this, reason] { end(reason); });
}

void SocketChannel::end(End reason) {
  if (ended_) return;
  ended_ = true;
  end_ = reason;
  remove(input_source_);
  remove(output_source_);
  stall_timer_.cancel();
  end_timer_.cancel();
  queue_.clear();
  backlog_ = 0;
  g_socket_shutdown(socket_.get(), TRUE, TRUE, nullptr);
  stream_.reset();
  if (listener_) report_end();
}

void SocketChannel::report_end() {
  const auto self = std::exchange(self_, nullptr);
  const auto listener = std::exchange(listener_, nullptr);
  listener->on_end(end_);
}

}  // namespace webrtcserver
