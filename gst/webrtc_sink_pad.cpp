// SPDX-License-Identifier: LGPL-2.1-or-later
#include "webrtc_sink_pad.hpp"

#include <gst/video/video-event.h>

#include <utility>

namespace webrtcserver {

WebRTCSink::Pad::Pad(std::weak_ptr<WebRTCSink> owner, std::string name)
    : owner_(std::move(owner)),
      name_(std::move(name)),
      metadata_(name_, [this](const FrameMetadata::Note& note) {
        const auto sink = owner_.lock();
        if (const auto stream = sink ? sink->stream() : nullptr) stream->tell_frame(note);
      }) {}

template <typename Call>
void WebRTCSink::Pad::tell_host(Call&& call) {
  const auto owner = owner_.lock();
  if (const auto host = owner ? owner->host_.lock() : nullptr) call(*host);
}

void WebRTCSink::Pad::on_formats_changed() {
  const auto owner = owner_.lock();
  const auto stream = owner ? owner->stream() : nullptr;
  if (stream) stream->loop().post([stream] { stream->update(); });
}

void WebRTCSink::Pad::on_upstream_key_frame_wanted() {
  tell_host([this](Host& host) {
    host.push_upstream(name_, Ref<GstEvent>::adopt(gst_video_event_new_upstream_force_key_unit(
                                  GST_CLOCK_TIME_NONE, TRUE, 0)));
  });
}

void WebRTCSink::Pad::on_encoder_created(const std::string& session, GstElement* encoder) {
  tell_host([&](Host& host) { host.encoder_created(session, name_, encoder); });
}

void WebRTCSink::Pad::on_payloader_created(const std::string& session, GstElement* payloader) {
  tell_host([&](Host& host) { host.payloader_created(session, name_, payloader); });
}

void WebRTCSink::Pad::on_encoding_failed(const Codec& codec, const std::string& message) {
  tell_host([&](Host& host) { host.warn(message); });
  const auto owner = owner_.lock();
  const auto stream = owner ? owner->stream() : nullptr;
  if (!stream) return;
  stream->loop().post([stream, encodings = encodings_, &codec, message] {
    stream->fail_codec(encodings.get(), codec, message);
  });
}

void WebRTCSink::Pad::on_encoder_replaced(const Codec& /*codec*/, const std::string& message) {
  tell_host([&](Host& host) { host.warn(message); });
}

Ref<GstContext> WebRTCSink::Pad::find_context(const char* type) {
  Ref<GstContext> context;
  tell_host([&](Host& host) { context = host.find_context(type); });
  return context;
}

void WebRTCSink::Pad::on_context_made(const Ref<GstContext>& context) {
  tell_host([&](Host& host) { host.context_made(context); });
}

void WebRTCSink::Pad::on_frame(GstBuffer* buffer, GstClockTime time) {
  if (encodings_->kind() == MediaKind::kVideo)
    metadata_.take(buffer, time, encodings_->caps().get());
}

void WebRTCSink::Pad::on_end_of_stream() {
  ended_ = true;
  if (const auto owner = owner_.lock()) owner->pad_ended();
}

bool WebRTCSink::Pad::on_restart() {
  ended_ = false;
  const auto owner = owner_.lock();
  return owner && owner->pad_restarted();
}

}  // namespace webrtcserver
