// SPDX-License-Identifier: LGPL-2.1-or-later
// options.hpp — the command line, as Holoscan's webrtc_holoviz_server has it, and --page.
#pragma once

#include <string>
#include <vector>

struct Options {
  std::string host = "0.0.0.0";
  int port = 8080;  // 0: the kernel chooses
  std::string cert_file;
  std::string key_file;
  std::vector<std::string> ice_servers;
  std::string page;
  bool verbose = false;

  // webrtc://host:port, or webrtcs:// with a certificate.
  std::string uri(int real_port) const;
};

// Prints and ends the program for --help. Initialises GStreamer, which has options of its own.
// Throws std::invalid_argument with a sentence.
Options parse_options(int argc, char** argv);
