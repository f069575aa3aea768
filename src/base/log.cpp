// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/log.hpp"

namespace webrtcserver::log {

namespace {

GstDebugCategory* create(const char* name, const char* description) {
  return _gst_debug_category_new(name, 0, description);
}

}  // namespace

GstDebugCategory* base() {
  static GstDebugCategory* const category =
      create("webrtcserver-base", "WebRTC server: threads, callbacks, JSON");
  return category;
}

GstDebugCategory* codec() {
  static GstDebugCategory* const category =
      create("webrtcserver-codec", "WebRTC server: encoders and RTP fan-out");
  return category;
}

GstDebugCategory* net() {
  static GstDebugCategory* const category =
      create("webrtcserver-net", "WebRTC server: HTTP, WebSocket, TLS");
  return category;
}

GstDebugCategory* rtc() {
  static GstDebugCategory* const category =
      create("webrtcserver-rtc", "WebRTC server: peer connections");
  return category;
}

GstDebugCategory* signalling() {
  static GstDebugCategory* const category =
      create("webrtcserver-signalling", "WebRTC server: signalling messages");
  return category;
}

GstDebugCategory* server() {
  static GstDebugCategory* const category =
      create("webrtcserver-server", "WebRTC server: streams and sessions");
  return category;
}

GstDebugCategory* video() {
  static GstDebugCategory* const category =
      create("webrtcserver-video", "WebRTC server: video from and to any address");
  return category;
}

GstDebugCategory* element() {
  static GstDebugCategory* const category =
      create("webrtcserver-element", "WebRTC server: the elements");
  return category;
}

}  // namespace webrtcserver::log
