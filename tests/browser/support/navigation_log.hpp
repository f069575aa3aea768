// SPDX-License-Identifier: LGPL-2.1-or-later
// navigation_log.hpp — the navigation events that go up through a pad. They come on any thread and
// are read on any.
#pragma once

#include <gst/gst.h>

#include <mutex>
#include <string>

#include "base/ref.hpp"

class NavigationLog {
 public:
  explicit NavigationLog(webrtcserver::Ref<GstPad> pad);
  ~NavigationLog();

  NavigationLog(const NavigationLog&) = delete;
  NavigationLog& operator=(const NavigationLog&) = delete;

  // The structures as JSON objects, separated by commas, of what came since the call before.
  std::string take();

 private:
  static GstPadProbeReturn on_event(GstPad* pad, GstPadProbeInfo* info, gpointer log);

  webrtcserver::Ref<GstPad> pad_;
  gulong probe_ = 0;
  std::mutex mutex_;
  std::string events_;  // guarded by mutex_
};
