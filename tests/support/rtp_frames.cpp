// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/rtp_frames.hpp"

#include <gst/rtp/gstrtpbuffer.h>
#include <gtest/gtest.h>

namespace webrtcserver::test {

namespace {

// What an encoding's own packets say; a peer must see none of it.
constexpr std::uint32_t kSharedSsrc = 0xABCDEF01;
constexpr int kSharedPayloadType = 33;

Ref<GstMemory> make_memory(const std::string& bytes) {
  auto memory = Ref<GstMemory>::adopt(gst_allocator_alloc(nullptr, bytes.size(), nullptr));
  GstMapInfo map;
  gst_memory_map(memory.get(), &map, GST_MAP_WRITE);
  bytes.copy(reinterpret_cast<char*>(map.data), bytes.size());
  gst_memory_unmap(memory.get(), &map);
  return memory;
}

}  // namespace

Ref<GstBuffer> make_packet(const RtpFields& fields) {
  std::string header(12, '\0');
  auto* bytes = reinterpret_cast<guint8*>(header.data());
  bytes[0] = static_cast<guint8>(0x80U | (fields.extension.empty() ? 0U : 0x10U));
  bytes[1] = static_cast<guint8>((fields.marker ? 0x80U : 0U) |
                                 static_cast<unsigned>(fields.payload_type));
  GST_WRITE_UINT16_BE(bytes + 2, fields.sequence);
  GST_WRITE_UINT32_BE(bytes + 4, fields.timestamp);
  GST_WRITE_UINT32_BE(bytes + 8, fields.ssrc);
  auto packet = Ref<GstBuffer>::adopt(gst_buffer_new());
  gst_buffer_append_memory(packet.get(), make_memory(header + fields.extension).release());
  if (!fields.payload.empty())
    gst_buffer_append_memory(packet.get(), make_memory(fields.payload).release());
  return packet;
}

Ref<GstBuffer> make_buffer(const std::string& bytes) {
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  if (!bytes.empty()) gst_buffer_append_memory(buffer.get(), make_memory(bytes).release());
  return buffer;
}

std::string bytes_of(GstBuffer* buffer) {
  std::string bytes(gst_buffer_get_size(buffer), '\0');
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

RtpFields read_packet(GstBuffer* packet) {
  RtpFields fields;
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp)) {
    ADD_FAILURE() << "This is no RTP packet.";
    return fields;
  }
  fields.ssrc = gst_rtp_buffer_get_ssrc(&rtp);
  fields.payload_type = gst_rtp_buffer_get_payload_type(&rtp);
  fields.sequence = gst_rtp_buffer_get_seq(&rtp);
  fields.timestamp = gst_rtp_buffer_get_timestamp(&rtp);
  fields.marker = gst_rtp_buffer_get_marker(&rtp);
  const guint header = gst_rtp_buffer_get_header_len(&rtp);
  const guint payload = gst_rtp_buffer_get_payload_len(&rtp);
  gst_rtp_buffer_unmap(&rtp);
  const std::string bytes = bytes_of(packet);
  fields.extension = bytes.substr(12, header - 12);
  fields.payload = bytes.substr(header, payload);
  return fields;
}

std::vector<RtpFields> read_packets(GstBufferList* packets) {
  std::vector<RtpFields> fields;
  for (guint i = 0; packets && i < gst_buffer_list_length(packets); ++i)
    fields.push_back(read_packet(gst_buffer_list_get(packets, i)));
  return fields;
}

RtpFramePtr make_frame(const std::vector<Ref<GstBuffer>>& packets, GstClockTime time,
                       bool key_frame) {
  auto list = Ref<GstBufferList>::adopt(gst_buffer_list_new());
  gsize size = 0;
  for (const auto& packet : packets) {
    size += gst_buffer_get_size(packet.get());
    gst_buffer_list_add(list.get(), gst_buffer_ref(packet.get()));
  }
  return std::make_shared<const RtpFrame>(RtpFrame{std::move(list), time, size, key_frame});
}

RtpFramePtr make_frame(const FrameSpec& spec) {
  std::vector<Ref<GstBuffer>> packets;
  for (unsigned i = 0; i < spec.packets; ++i) {
    packets.push_back(make_packet({.ssrc = kSharedSsrc,
                                   .payload_type = kSharedPayloadType,
                                   .sequence = static_cast<std::uint16_t>(7 * i),
                                   .marker = i + 1 == spec.packets,
                                   .payload = std::string(spec.payload_size, 'p')}));
  }
  return make_frame(packets, spec.time, spec.key_frame);
}

}  // namespace webrtcserver::test
