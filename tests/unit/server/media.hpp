// SPDX-License-Identifier: LGPL-2.1-or-later
// media.hpp — encodings for streams that nothing flows through.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/encoding_set.hpp"

namespace webrtcserver::test {

inline Ref<GstCaps> caps(const char* text) {
  return Ref<GstCaps>::adopt(gst_caps_from_string(text));
}

inline std::shared_ptr<EncodingSet> make_video(const std::string& name,
                                               std::vector<const Codec*> codecs = {
                                                   find_codec("VP8")}) {
  EncodingSet::Settings settings;
  settings.name = name;
  settings.kind = MediaKind::kVideo;
  settings.codecs = std::move(codecs);
  return EncodingSet::create(std::move(settings), {});
}

inline std::shared_ptr<EncodingSet> make_audio(const std::string& name) {
  EncodingSet::Settings settings;
  settings.name = name;
  settings.kind = MediaKind::kAudio;
  return EncodingSet::create(std::move(settings), {});
}

inline constexpr char kVideoCaps[] = "video/x-raw,format=I420,width=1280,height=720,framerate=30/1";
inline constexpr char kAudioCaps[] =
    "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2";

}  // namespace webrtcserver::test
