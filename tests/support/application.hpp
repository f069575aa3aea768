// SPDX-License-Identifier: LGPL-2.1-or-later
// application.hpp — a program that gives a picture again and again, on a thread of its own.
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "base/ref.hpp"

namespace webrtcserver::test {

// Calls `render` with the picture's number, so many times a second, until it is destroyed.
class Application {
 public:
  Application(unsigned rate, std::function<void(unsigned)> render)
      : thread_([this, rate, render = std::move(render)] {
          const auto clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
          const GstClockTime start = gst_clock_get_time(clock.get());
          for (unsigned i = 0; !stop_; ++i) {
            const GstClockID due =
                gst_clock_new_single_shot_id(clock.get(), start + i * GST_SECOND / rate);
            gst_clock_id_wait(due, nullptr);
            gst_clock_id_unref(due);
            render(i);
          }
        }) {}
  ~Application() {
    stop_ = true;
    thread_.join();
  }
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace webrtcserver::test
