// SPDX-License-Identifier: LGPL-2.1-or-later
// data_channels.hpp — what a peer says and hears beside the media: the channel "control", which is
// reliable, and "lossy", where it is wanted, for what is worth nothing a moment later. They share
// one SCTP association.
// attach(), detach(), taken() and set_max_message() on the peer's serial queue; the rest from any
// thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "rtc/data_channel.hpp"
#include "rtc/sctp_association.hpp"

namespace webrtcserver {

class DataChannels final : public SctpAssociation::Listener,
                           public std::enable_shared_from_this<DataChannels> {
 public:
  using Kind = DataChannel::Kind;
  // Runs a task on the peer's queue, or never.
  using Post = std::function<void(std::function<void()>)>;

  static constexpr int kMaxStreams = 18;  // ours, and some on which nobody listens

  // Without `lossy` there is no such channel.
  DataChannels(std::weak_ptr<DataChannel::Listener> listener, bool lossy);

  // See DataChannel::attach(). Without GStreamer's SCTP elements there are none, which is logged
  // once.
  void attach(GstElement* webrtcbin);
  void detach();

  bool is_open(Kind kind) const;
  // False where there is no such channel, it is not open, or it takes no message of that size. What
  // the browser does not take is dropped, and so is what `post` never runs.
  bool send(Kind kind, std::string text, const Post& post);
  void taken(const DataChannel::Message& message);
  // Messages that were to be sent.
  std::uint64_t dropped(Kind kind) const;

  // What the browser takes at once, as it says.
  void set_max_message(std::uint64_t bytes);

 private:
  struct Line {
    std::shared_ptr<DataChannel> channel;
    std::atomic<std::size_t> outgoing{0};  // bytes that wait on the queue
    std::atomic<std::uint64_t> dropped{0};
  };

  void on_stream() override;
  void on_shutdown() override;

  Line& line(Kind kind) { return kind == Kind::kLossy ? lossy_ : control_; }
  const Line& line(Kind kind) const { return kind == Kind::kLossy ? lossy_ : control_; }

  const std::weak_ptr<DataChannel::Listener> listener_;
  Line control_;
  Line lossy_;  // its channel may be null

  int streams_ = 0;  // of the one thread on which webrtcbin reports
};

}  // namespace webrtcserver
