// SPDX-License-Identifier: LGPL-2.1-or-later
// media_log.hpp — what passes a pad: of each frame its time, size, drawn code and colour, of each
// piece of sound its time and peak.
// The log is written on the streaming thread and read on any.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/ref.hpp"

// A code is eight bits, drawn as eight columns across the picture: white above black for a one,
// black above white for a zero (support/coded_camera.js). It survives every codec and every size.
class MediaLog {
 public:
  // Logs what reaches `pad`: video as I420 or sound as S16LE.
  explicit MediaLog(webrtcserver::Ref<GstPad> pad);
  ~MediaLog();

  MediaLog(const MediaLog&) = delete;
  MediaLog& operator=(const MediaLog&) = delete;

  // JSON objects, separated by commas, of what came since the call before.
  std::string take();

 private:
  struct Entry {
    std::int64_t arrival = 0;  // ms of the monotonic clock
    std::int64_t time = -1;    // ms of running time
    int width = 0;
    int height = 0;
    std::optional<int> code;  // none where there is no valid one
    int blue = 0;             // Cb and Cr, 0 to 255, in the middle
    int red = 0;
    double peak = 0;  // 0 to 1
  };

  static GstPadProbeReturn on_buffer(GstPad* pad, GstPadProbeInfo* info, gpointer log);
  void add(GstPad* pad, GstBuffer* buffer);

  webrtcserver::Ref<GstPad> pad_;
  gulong probe_ = 0;
  std::mutex mutex_;
  std::vector<Entry> entries_;  // guarded by mutex_
};
