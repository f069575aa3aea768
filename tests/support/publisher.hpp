// SPDX-License-Identifier: LGPL-2.1-or-later
// publisher.hpp — a browser that publishes to a stream.
#pragma once

#include <string>
#include <vector>

#include "support/browser.hpp"

namespace webrtcserver::test {

inline constexpr char kCamera[] =
    "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=30/1";
inline constexpr char kMicrophone[] =
    "audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=2";

class Publisher : public Browser {
 public:
  // `codecs`: the encoding names it knows; empty: all.
  explicit Publisher(const std::string& url,
                     std::vector<RemotePeer::Source> sources = {{"video", kCamera},
                                                                {"audio", kMicrophone}},
                     std::vector<std::string> codecs = {});

  // Answers, and waits until the server says that media has arrived.
  bool publish();
  bool wait_live();
};

}  // namespace webrtcserver::test
