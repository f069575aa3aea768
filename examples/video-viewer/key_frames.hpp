// SPDX-License-Identifier: LGPL-2.1-or-later
// key_frames.hpp — a browser that has lost a picture asks for a new one. Where frames pass as they
// are encoded, nobody between the input and the output can make one: the input is asked, which for
// a camera of a browser means its encoder. Its functions may be called on any thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>
#include <webrtcserver/video.hpp>

#include "handle.hpp"

class KeyFrames {
 public:
  KeyFrames() = default;
  ~KeyFrames();
  KeyFrames(const KeyFrames&) = delete;
  KeyFrames& operator=(const KeyFrames&) = delete;

  // Once both are open. What is no element of GStreamer's, or cannot be asked, is left alone.
  void listen_to(const webrtcserver::VideoOutput& output, std::size_t count);
  void ask(const webrtcserver::VideoSource& source);

 private:
  // What a request on one of GStreamer's threads finds, also when this has gone.
  struct Input {
    std::mutex mutex;
    Handle<GstElement> element;  // guarded by mutex
  };

  static void forward(Input& input, GstEvent* event);

  const std::shared_ptr<Input> input_ = std::make_shared<Input>();
  std::vector<std::pair<Handle<GstPad>, gulong>> probes_;
};
