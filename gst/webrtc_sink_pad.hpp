// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtc_sink_pad.hpp — one request pad of webrtcsink: its encodings, and what they and its frame
// sink report. Any thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "codec/encoding_set.hpp"
#include "frame_metadata.hpp"
#include "frame_sink.hpp"
#include "webrtc_sink.hpp"

namespace webrtcserver {

class WebRTCSink::Pad : public EncodingSet::Listener, public FrameSinkListener {
 public:
  Pad(std::weak_ptr<WebRTCSink> owner, std::string name);

  // Once, before anybody else knows the pad.
  void set_encodings(std::shared_ptr<EncodingSet> encodings) { encodings_ = std::move(encodings); }
  const std::shared_ptr<EncodingSet>& encodings() const { return encodings_; }
  const std::string& name() const { return name_; }
  FrameMetadata& metadata() { return metadata_; }

  bool ended() const { return ended_; }
  void reset() { ended_ = false; }

 private:
  template <typename Call>
  void tell_host(Call&& call);

  void on_formats_changed() override;
  void on_upstream_key_frame_wanted() override;
  void on_encoder_created(const std::string& session, GstElement* encoder) override;
  void on_payloader_created(const std::string& session, GstElement* payloader) override;
  void on_encoding_failed(const Codec& codec, const std::string& message) override;
  void on_encoder_replaced(const Codec& codec, const std::string& message) override;
  Ref<GstContext> find_context(const char* type) override;
  void on_context_made(const Ref<GstContext>& context) override;
  void on_frame(GstBuffer* buffer, GstClockTime time) override;
  void on_end_of_stream() override;
  bool on_restart() override;

  const std::weak_ptr<WebRTCSink> owner_;
  const std::string name_;
  FrameMetadata metadata_;
  std::shared_ptr<EncodingSet> encodings_;
  std::atomic<bool> ended_{false};
};

}  // namespace webrtcserver
