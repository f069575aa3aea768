// SPDX-License-Identifier: LGPL-2.1-or-later
// arguments.hpp — the command line: flags of the library's VideoOptions and a few of our own, one
// input and any number of outputs.
#pragma once

#include <gst/webrtcserver/webrtcserver.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "handle.hpp"

// What the user wrote cannot be meant; the sentence says why.
class UsageError : public std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

struct Arguments {
  Handle<GstWebRTCServerVideoOptions> options;
  std::string input;
  std::vector<std::string> outputs;  // never empty
  bool quiet = false;                // nothing is said but what goes wrong
  bool version = false;              // only this was asked for; the rest is empty
};

// Prints and ends the program for --help. Throws UsageError.
Arguments parse_arguments(int argc, char** argv);
