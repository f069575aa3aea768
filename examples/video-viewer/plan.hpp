// SPDX-License-Identifier: LGPL-2.1-or-later
// plan.hpp — what follows from the command line before anything is opened: whether frames are taken
// as they are encoded, whether they are waited for. Plain values.
#pragma once

#include <string>
#include <vector>
#include <webrtcserver/options.hpp>

struct Plan {
  bool encoded = false;   // take frames as they are encoded, where the input has them so
  bool wait = false;      // the input waits for the outputs, so that no frame is lost
  bool paced = false;     // somebody watches: what is no live input is slowed down to its time
  bool browsers = false;  // an output is for browsers, which take some codecs, without B-frames
  bool returns = false;   // an input that is lost is looked for again

  static Plan make(const webrtcserver::VideoOptions& options, const std::string& input,
                   const std::vector<std::string>& outputs);
};
