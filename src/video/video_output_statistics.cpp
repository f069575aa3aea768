// SPDX-License-Identifier: LGPL-2.1-or-later
// What an output tells of itself.
#include <algorithm>

#include "video/video_output.hpp"

namespace webrtcserver {

namespace {

void append(GValue* list, GstStructure* structure) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed(&value, structure);
  gst_value_list_append_and_take_value(list, &value);
}

}  // namespace

Owned<GstStructure> VideoOutput::statistics() const {
  check_process();
  std::vector<Slot> slots;
  std::shared_ptr<Routes> to;
  std::uint64_t frames = 0;
  std::uint64_t missed = 0;
  int width = 0;
  int height = 0;
  State state = State::kNew;
  {
    const std::scoped_lock lock(mutex_);
    slots = slots_;
    to = routes_;
    frames = frames_;
    missed = missed_;
    width = width_;
    height = height_;
    state = state_;
  }
  const auto streams = to ? streams_of(*to) : std::vector<std::shared_ptr<EncodedStream>>{};
  GValue targets = G_VALUE_INIT;
  gst_value_list_init(&targets, static_cast<guint>(slots.size()));
  std::uint64_t dropped = 0;
  for (const Slot& slot : slots) {
    const char* word = slot.left_out             ? "left-out"
                       : slot.failed             ? "failed"
                       : slot.ended              ? "ended"
                       : state == State::kNew    ? "new"
                       : state == State::kClosed ? "closed"
                                                 : "open";
    GstStructure* one =
        gst_structure_new("target", "uri", G_TYPE_STRING,
                          slot.target ? slot.target->uri().c_str() : slot.location.text.c_str(),
                          "state", G_TYPE_STRING, word, nullptr);
    if (slot.begun)
      gst_structure_set(one, "codec", G_TYPE_STRING, slot.codec ? slot.codec->name : "raw",
                        nullptr);
    std::uint64_t lost = 0;
    for (const auto& stream : streams) {
      if (!slot.target || !stream->feeds(*slot.target)) continue;
      const std::string encoder = stream->encoder();
      if (!encoder.empty())
        gst_structure_set(one, "encoder", G_TYPE_STRING, encoder.c_str(), nullptr);
      lost += stream->dropped();
    }
    if (slot.target) {
      const Target::Numbers numbers = slot.target->numbers();
      lost += numbers.dropped;
      gst_structure_set(one, "frames", G_TYPE_UINT64, numbers.frames, "dropped", G_TYPE_UINT64,
                        lost, nullptr);
      if (numbers.bytes > 0) gst_structure_set(one, "bytes", G_TYPE_UINT64, numbers.bytes, nullptr);
    }
    if (!slot.error.empty())
      gst_structure_set(one, "error", G_TYPE_STRING, slot.error.c_str(), nullptr);
    dropped = std::max(dropped, lost);
    append(&targets, one);
  }
  dropped += missed;
  guint encoders = 0;
  for (const auto& stream : streams) encoders += stream->encoder().empty() ? 0 : 1;
  Owned<GstStructure> all(gst_structure_new(
      "video-output", "frames", G_TYPE_UINT64, frames, "dropped", G_TYPE_UINT64, dropped, "width",
      G_TYPE_INT, width, "height", G_TYPE_INT, height, "encoders", G_TYPE_UINT, encoders, nullptr));
  gst_structure_take_value(all.get(), "targets", &targets);
  return all;
}

}  // namespace webrtcserver
