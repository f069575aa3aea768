// SPDX-License-Identifier: LGPL-2.1-or-later
// media_source.hpp — the beginning of the host's pipeline inside webrtcsrc: one for each pad.
#pragma once

#include <gst/gst.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/ref.hpp"
#include "codec/decoding.hpp"

namespace webrtcserver {

struct MediaSourceSettings {
  std::chrono::milliseconds latency{200};  // what the jitter buffer holds back
  // Fill raw media with black and silence when nothing has come for so long.
  bool fill = false;
  std::chrono::milliseconds fill_after{2'000};
};

// A live source that pushes what the decoding's queue has, on the pipeline's time line, which goes
// on over publishers, their sizes and their codecs. Its task outlives what downstream refuses.
// `on_reconfigure`: downstream wants something else, perhaps. Streaming or application thread.
// `on_failure`: downstream has failed, has said why, and takes nothing any more. Streaming thread.
Ref<GstElement> create_media_source(const std::string& name, std::shared_ptr<Decoding> decoding,
                                    std::function<void()> on_reconfigure,
                                    std::function<void()> on_failure);

// Before the element leaves READY.
void configure_media_source(GstElement* element, const MediaSourceSettings& settings);

// What the media source's pad may have: raw, every codec, RTP.
Ref<GstCaps> media_source_caps(MediaKind kind);

}  // namespace webrtcserver
