// SPDX-License-Identifier: LGPL-2.1-or-later
// knobs.hpp — what browsers may change of the scene, and what they are told of it.
#pragma once

#include <gst/webrtcserver/webrtcserver.h>

#include <cstdint>
#include <string>

#include "scene.hpp"

// `text` and `speed`, a button `reset`, and how often the text has bounced. The main context.
class Knobs {
 public:
  explicit Knobs(Scene& scene);
  ~Knobs();
  Knobs(const Knobs&) = delete;
  Knobs& operator=(const Knobs&) = delete;

  GstWebRTCServerControls* controls() const { return controls_; }
  // By somebody who does not use the controls; those who do are told.
  void set(const std::string& text, double speed);
  void tell_bounces();

 private:
  Scene& scene_;
  GstWebRTCServerControls* const controls_;
  std::uint64_t told_ = 0;
};
