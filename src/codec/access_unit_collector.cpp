// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/access_unit_collector.hpp"

#include <utility>

namespace webrtcserver {

namespace {

bool has_marker(GstBuffer* packet) {
  guint8 marker_and_type = 0;  // RFC 3550, section 5.1: M is the top bit of the second byte
  return gst_buffer_extract(packet, 1, &marker_and_type, 1) == 1 && (marker_and_type & 0x80U) != 0;
}

// Packets outlive the frame: they wait in caches and send queues. Memory of a camera's or hardware
// encoder's pool would starve that pool, so it is copied; an encoded stream is small.
Ref<GstBuffer> detached_from_pools(GstBuffer* packet) {
  const guint memories = gst_buffer_n_memory(packet);
  bool pooled = false;
  for (guint i = 0; i < memories && !pooled; ++i) {
    const GstMemory* memory = gst_buffer_peek_memory(packet, i);
    pooled = !gst_memory_is_type(const_cast<GstMemory*>(memory), GST_ALLOCATOR_SYSMEM);
  }
  return pooled ? Ref<GstBuffer>::adopt(gst_buffer_copy_deep(packet))
                : Ref<GstBuffer>::retain(packet);
}

}  // namespace

AccessUnitCollector::AccessUnitCollector(MediaKind kind, Deliver deliver,
                                         HoldsRandomAccess random_access)
    : kind_(kind), deliver_(std::move(deliver)), random_access_(random_access) {}

void AccessUnitCollector::begin(GstBuffer* encoded, GstClockTime time) {
  // An access unit that never got its marker ends where the next begins.
  if (packets_ && time != unit_time_) flush();
  if (!packets_ && time != time_) key_frame_ = false;
  time_ = time;
  if (!GST_BUFFER_FLAG_IS_SET(encoded, GST_BUFFER_FLAG_DELTA_UNIT)) key_frame_ = true;
}

void AccessUnitCollector::add(GstBuffer* packet) {
  if (!packets_) {
    packets_ = Ref<GstBufferList>::adopt(gst_buffer_list_new());
    size_ = 0;
    unit_time_ = time_;
  }
  size_ += gst_buffer_get_size(packet);
  if (key_frame_ && random_access_ && !holds_random_access_)
    holds_random_access_ = random_access_(packet);
  gst_buffer_list_add(packets_.get(), detached_from_pools(packet).release());
  // An audio packet is a frame of its own; its marker means the start of a talk spurt.
  if (kind_ == MediaKind::kAudio || has_marker(packet)) flush();
}

void AccessUnitCollector::add(GstBufferList* packets) {
  const guint count = gst_buffer_list_length(packets);
  for (guint i = 0; i < count; ++i) add(gst_buffer_list_get(packets, i));
}

void AccessUnitCollector::flush() {
  auto frame = std::make_shared<RtpFrame>();
  frame->packets = std::exchange(packets_, nullptr);
  frame->time = unit_time_;
  frame->size = size_;
  frame->key_frame =
      kind_ == MediaKind::kAudio || (key_frame_ && (!random_access_ || holds_random_access_));
  key_frame_ = false;
  holds_random_access_ = false;
  deliver_(frame);
}

}  // namespace webrtcserver
