// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/rtp_rewriter.hpp"

#include <gst/base/base.h>

#include <array>

#include "base/random.hpp"

namespace webrtcserver {

namespace {

// RFC 3550, section 5.1
constexpr gsize kFixedHeader = 12;
constexpr gsize kLongestHeader = kFixedHeader + 15 * 4 + 4;  // up to the extension's first word
constexpr guint8 kVersion = 2U << 6U;
constexpr guint8 kPaddingBit = 0x20;
constexpr guint8 kExtensionBit = 0x10;
constexpr guint8 kMarkerBit = 0x80;

// RFC 8285, section 4.2: profile, length in words, then one element of three bytes.
constexpr gsize kPlayoutDelayBlock = 8;

// Where the payload begins in a packet from one of our payloaders; 0 when it is no RTP packet.
gsize payload_offset(const guint8* header, gsize available, gsize size) {
  if (available < kFixedHeader || (header[0] & 0xC0U) != kVersion) return 0;
  gsize offset = kFixedHeader + 4 * (header[0] & 0x0FU);
  if (header[0] & kExtensionBit) {
    if (available < offset + 4) return 0;
    offset += 4 + 4 * static_cast<gsize>(GST_READ_UINT16_BE(header + offset + 2));
  }
  return offset <= size ? offset : 0;
}

// How many bytes of padding end the packet; all of it when it is no RTP packet.
gsize padding_size(GstBuffer* packet, guint8 first_byte, gsize size) {
  if (!(first_byte & kPaddingBit)) return 0;
  guint8 count = 0;
  gst_buffer_extract(packet, size - 1, &count, 1);
  return count > 0 ? count : size;
}

}  // namespace

RtpRewriter::RtpRewriter(const Settings& settings)
    : settings_(settings),
      timestamp_offset_(random_u32()),
      // Half the range keeps the first roll-over, and with it SRTP's, away from the start.
      next_sequence_(static_cast<std::uint16_t>(random_u32() & 0x7FFFU)) {}

std::uint32_t RtpRewriter::timestamp(GstClockTime time) const {
  return timestamp_offset_ + static_cast<std::uint32_t>(gst_util_uint64_scale_round(
                                 time, static_cast<guint64>(settings_.clock_rate), GST_SECOND));
}

Ref<GstBufferList> RtpRewriter::rewrite(const RtpFrame& frame, GstClockTime time) {
  const guint count = gst_buffer_list_length(frame.packets.get());
  auto list = Ref<GstBufferList>::adopt(gst_buffer_list_new_sized(count));
  const bool with_playout_delay = frame.key_frame && settings_.playout_delay_id;
  for (guint i = 0; i < count; ++i) {
    auto packet = rewrite(gst_buffer_list_get(frame.packets.get(), i), timestamp(time), time,
                          with_playout_delay);
    if (packet) gst_buffer_list_add(list.get(), packet.release());
  }
  return list;
}

Ref<GstBuffer> RtpRewriter::rewrite(GstBuffer* packet, std::uint32_t timestamp, GstClockTime time,
                                    bool with_playout_delay) {
  std::array<guint8, kLongestHeader> original{};
  const gsize size = gst_buffer_get_size(packet);
  const gsize available = gst_buffer_extract(packet, 0, original.data(), original.size());
  const gsize offset = payload_offset(original.data(), available, size);
  if (offset == 0) return nullptr;
  const gsize padding = padding_size(packet, original[0], size);
  if (padding > size - offset) return nullptr;

  const gsize header_size = kFixedHeader + (with_playout_delay ? kPlayoutDelayBlock : 0);
  auto rewritten = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, header_size, nullptr));
  std::array<guint8, kFixedHeader + kPlayoutDelayBlock> header{};
  header[0] = kVersion | (with_playout_delay ? kExtensionBit : 0U);
  header[1] = (original[1] & kMarkerBit) | static_cast<guint8>(settings_.payload_type);
  GST_WRITE_UINT16_BE(&header[2], next_sequence_++);
  GST_WRITE_UINT32_BE(&header[4], timestamp);
  GST_WRITE_UINT32_BE(&header[8], settings_.ssrc);
  if (with_playout_delay) {
    GST_WRITE_UINT16_BE(&header[12], 0xBEDE);
    GST_WRITE_UINT16_BE(&header[14], 1);
    header[16] = static_cast<guint8>(static_cast<unsigned>(*settings_.playout_delay_id) << 4U | 2U);
  }
  gst_buffer_fill(rewritten.get(), 0, header.data(), header_size);
  gst_buffer_copy_into(rewritten.get(), packet, GST_BUFFER_COPY_MEMORY, offset,
                       size - offset - padding);
  GST_BUFFER_PTS(rewritten.get()) = time;
  return rewritten;
}

}  // namespace webrtcserver
