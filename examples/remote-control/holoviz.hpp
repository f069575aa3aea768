// SPDX-License-Identifier: LGPL-2.1-or-later
// holoviz.hpp — what the page of Holoscan's webrtc_holoviz_server asks of its server: POST /offer,
// GET /iceServers, POST /config, and the page's own files.
#pragma once

#include <gst/webrtcserver/webrtcserver.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

// The main context; requests are answered there while a loop runs on it, else on a thread of the
// library's. What is asked for in vain is answered with a reason, and changes nothing.
class Holoviz {
 public:
  struct Wishes {
    std::function<void()> watch;  // somebody has come to watch the stream
    // 0 … 100, and as many characters as kMaxText. Both are taken.
    std::function<void(const std::string& text, double speed)> configure;
  };
  static constexpr glong kMaxText = 64;  // characters
  static constexpr double kMaxSpeed = 100;

  // Adds the routes to `server`, which outlives this, for its stream `stream`. Throws
  // std::runtime_error.
  Holoviz(GstWebRTCServerServer* server, std::string stream, Wishes wishes);
  // Waits for a wish that is being carried out. Requests that come later are refused.
  ~Holoviz();
  Holoviz(const Holoviz&) = delete;
  Holoviz& operator=(const Holoviz&) = delete;
  // Serves the files of a folder, none of those of its folders; index.html is the page at /.
  // Returns which are left out, as their names are taken: a sentence each.
  std::vector<std::string> serve_page(const std::string& folder);

 private:
  class Desk;

  GstWebRTCServerServer* const server_;
  const std::string stream_;
  const std::shared_ptr<Desk> desk_;
};
