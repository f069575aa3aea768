// SPDX-License-Identifier: LGPL-2.1-or-later
// viewer.hpp — from the input to the outputs, until one of them or the user ends it. Lives on the
// thread that calls run().
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <webrtcserver/video.hpp>

#include "arguments.hpp"
#include "key_frames.hpp"
#include "pace.hpp"
#include "plan.hpp"
#include "service.hpp"
#include "status.hpp"
#include "stop.hpp"

class Viewer {
 public:
  // Throws webrtcserver::Error and std::runtime_error: all that can be said before anything is
  // opened.
  Viewer(Arguments arguments, Stop& stop);
  ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  // The program's exit status. Throws as above.
  int run();

 private:
  using Clock = Status::Clock;
  using Image = webrtcserver::Image;

  void make_source();
  void make_output();
  void open_source();
  void open_output();
  void announce_input(const Image& frame);
  void announce_outputs();

  // Reads what has to be known of the input before it is written.
  void look();
  // The next frame; nothing when none came in time, or at the end.
  std::optional<Image> next();
  std::optional<Image> capture();
  void reopen(const std::string& why);
  void prepare_part();
  bool wait_for_turn(const Image& frame);
  void write(const Image& frame);
  void tell_failed_targets();
  void report();
  Progress progress(Clock::time_point now);
  int finish();

  Arguments arguments_;
  Stop& stop_;
  const Plan plan_;
  Status status_;
  Service service_;
  std::unique_ptr<webrtcserver::VideoSource> source_;
  std::unique_ptr<webrtcserver::VideoOutput> output_;
  KeyFrames key_frames_;
  std::deque<Image> looked_at_;  // frames that have not been written yet
  bool ended_ = false;           // the input
  std::uint64_t captured_ = 0;   // of the source, since it was opened last
  Pace pace_;
  Timeline timeline_;
  std::uint64_t frames_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t lost_before_ = 0;  // dropped by sources that are closed
  Clock::time_point began_;
  std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> failed_;  // guarded by mutex_: target and reason
  bool has_failed_ = false;                                  // one of the targets
};
