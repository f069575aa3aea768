// SPDX-License-Identifier: LGPL-2.1-or-later
// options.hpp — how a video is to be read and written; the same for every kind of address.
// Plain values; usable on any thread. One row each in option_table.cpp, which the command line and
// the properties of GstWebRTCServerVideoOptions come from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace webrtcserver {

struct VideoOptions {
  // Of the input. Zero and empty: as it comes.
  unsigned input_width = 0;   // pixels
  unsigned input_height = 0;  // pixels
  double input_rate = 0;      // frames per second
  std::string input_codec;    // name in the codec table, in any case; "mjpeg" or "raw" of a camera
  std::string input_decoder;  // element; empty: the best that is installed
  std::string input_flip;     // nick of GstVideoOrientationMethod ("90r", "180", "horiz", …)
  int input_loop = 0;         // how often a file is played again; -1: for ever
  std::string input_save;     // file that what is read goes to as well, as it is encoded
  int input_latency = -1;     // milliseconds of jitter buffer; -1: the element's own default
  std::string format;         // of raw frames: "RGB", "BGR", "RGBA", "NV12", …; empty: as decoded
  bool encoded = false;       // frames as they are encoded, where the input has them so
  std::uint64_t num_frames = 0;  // the source ends after so many; 0: never

  // Of the output.
  std::string output_codec;     // name in the codec table, or "mjpeg"; empty: what the target takes
  std::string output_encoder;   // element; empty: the best that is installed
  std::string output_save;      // file that what is written goes to as well
  unsigned output_bitrate = 0;  // bit/s; 0: the target's default
  bool headless = false;        // no display:// is opened
  // A full queue makes render() wait, so that no frame is lost, and where somebody watches, frames
  // go out at the pace of their timestamps; else the oldest frame goes. For a source that is not
  // live.
  bool wait = false;

  // Of the network, for those kinds of address that know them.
  std::string stun_server;
  std::vector<std::string> turn_servers;
  std::vector<std::string> ice_servers;  // in Holoscan's form: turn:host:port[user:password]
  std::string ssl_certificate;           // PEM file; also from the environment's SSL_CERT
  std::string ssl_key;                   // PEM file; also from the environment's SSL_KEY
};

}  // namespace webrtcserver
