// SPDX-License-Identifier: LGPL-2.1-or-later
// idle_filler.hpp — black pictures and silence for a pad that nobody publishes to. Streaming
// thread.
#pragma once

#include <chrono>
#include <optional>

#include "base/ref.hpp"
#include "codec/codec.hpp"

namespace webrtcserver {

class IdleFiller {
 public:
  // For the pad's caps, which are made definite where they are not. None where there is nothing to
  // fill with: memory of a GPU.
  static std::optional<IdleFiller> make(MediaKind kind, const Ref<GstCaps>& caps);

  const Ref<GstCaps>& caps() const { return caps_; }
  std::chrono::nanoseconds interval() const { return interval_; }
  Ref<GstBuffer> next() const { return buffer_; }

 private:
  IdleFiller(Ref<GstCaps> caps, Ref<GstBuffer> buffer, std::chrono::nanoseconds interval)
      : caps_(std::move(caps)), buffer_(std::move(buffer)), interval_(interval) {}

  static std::optional<IdleFiller> make_video(const Ref<GstCaps>& caps);
  static std::optional<IdleFiller> make_audio(const Ref<GstCaps>& caps);

  Ref<GstCaps> caps_;
  Ref<GstBuffer> buffer_;  // the same again and again
  std::chrono::nanoseconds interval_;
};

}  // namespace webrtcserver
