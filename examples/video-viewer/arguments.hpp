// SPDX-License-Identifier: LGPL-2.1-or-later
// arguments.hpp — the command line: that of the library, and a few flags of our own.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>
#include <webrtcserver/video.hpp>

// What the user wrote cannot be meant; the sentence says why.
class UsageError : public std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

struct Arguments {
  webrtcserver::VideoOptions options;
  std::string input;
  std::vector<std::string> outputs;  // never empty
  bool quiet = false;                // nothing is said but what goes wrong
  // Only this was asked for; the rest is empty.
  bool help = false;
  bool version = false;
};

// Throws UsageError.
Arguments parse_arguments(int argc, const char* const* argv);
std::string help_text();
