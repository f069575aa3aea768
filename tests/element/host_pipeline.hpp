// SPDX-License-Identifier: LGPL-2.1-or-later
// host_pipeline.hpp — a pipeline around webrtcsink or webrtcsrc as an application has it, without
// any main loop.
#pragma once

#include <gst/gst.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver::test {

// Small and live: a test that only wants a stream.
inline constexpr char kLiveVideo[] =
    "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 "
    "! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output ";

class HostPipeline {
 public:
  // In gst-launch-1.0's syntax, with a webrtcsink named "sink" or a webrtcsrc named "source".
  explicit HostPipeline(const std::string& description);
  ~HostPipeline();
  HostPipeline(const HostPipeline&) = delete;
  HostPipeline& operator=(const HostPipeline&) = delete;

  GstElement* get() const { return pipeline_.get(); }
  GstElement* sink() const { return sink_.get(); }
  Ref<GstElement> element(const char* name) const;

  // Waits until the state is reached. False when it fails or takes kPatience.
  bool set_state(GstState state) const;
  bool play() const { return set_state(GST_STATE_PLAYING); }
  // Plays, but does not wait for sinks that have nothing to show yet.
  bool start() const;

  // The next message of one of `types`, or null after kPatience.
  Ref<GstMessage> wait_message(GstMessageType types) const;
  // The words of the next error, with its domain and code: "resource 3: The port …".
  std::string wait_error() const;
  std::string wait_warning() const;
  // An error that is there already, or empty.
  std::string pending_error() const;

  std::uint16_t port() const;
  // "http://127.0.0.1:<port>" + path; or with another scheme.
  std::string url(const std::string& path, const char* scheme = "http") const;
  std::string socket_url() const { return url("/output", "ws"); }

  std::string text(const char* property) const;
  unsigned number(const char* property) const;
  // A field of the stats, by its path: "sessions/s1/tracks/video_0/frames". Empty when there is
  // none.
  std::string statistic(const std::string& path) const;
  std::vector<std::string> sessions() const;

 private:
  Ref<GstElement> pipeline_;
  Ref<GstElement> sink_;
};

// Waits until `condition` holds; false after kPatience. For what gives no notice of itself.
bool eventually(const std::function<bool()>& condition);

}  // namespace webrtcserver::test
