// SPDX-License-Identifier: LGPL-2.1-or-later
// frame_sink.hpp — the end of the host's pipeline inside webrtcsink: one for each request pad.
#pragma once

#include <gst/base/base.h>

#include <memory>

#include "base/ref.hpp"
#include "codec/encoding_set.hpp"
#include "run_gate.hpp"

namespace webrtcserver {

class FrameSinkListener {
 public:
  virtual ~FrameSinkListener() = default;

  // Streaming thread. A frame that is about to be encoded, and its time on the pipeline's clock.
  virtual void on_frame(GstBuffer* buffer, GstClockTime time) = 0;
  virtual void on_end_of_stream() = 0;
  // Data flows again after an end of stream. False: it cannot, and the error has been posted.
  virtual bool on_restart() = 0;
};

// A GstBaseSink that hands buffers with their time on the pipeline's clock to `encodings`. A live
// source's buffers go at once; a file's when the clock reaches them. While `gate` is shut, the
// former are dropped and the latter wait. Prerolls without any viewer.
Ref<GstElement> create_frame_sink(const std::string& name, std::shared_ptr<EncodingSet> encodings,
                                  std::shared_ptr<RunGate> gate,
                                  const std::vector<const Codec*>& codecs,
                                  std::weak_ptr<FrameSinkListener> listener);

}  // namespace webrtcserver
