// SPDX-License-Identifier: LGPL-2.1-or-later
// status.hpp — what the program says of its work: sentences, and on a terminal a line that is
// written anew. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

// What has been done so far.
struct Progress {
  std::chrono::duration<double> time{0};  // since the first frame
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;    // of the frames as they were captured, where they are encoded; else 0
  std::uint64_t dropped = 0;  // on the way in or out
  std::optional<unsigned> viewers;  // where somebody can watch
};

class Status {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Status(bool quiet);
  // Ends the line.
  ~Status();
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;

  // A sentence, on a line of its own.
  void say(const std::string& sentence);
  // The same to stderr, also where nothing is said.
  void warn(const std::string& sentence);
  // Whether a line of progress is due: twice a second.
  bool is_due(Clock::time_point now) const { return now >= next_; }
  // Shows the progress on a terminal; the line, for who else wants it.
  std::string show(const Progress& progress, Clock::time_point now);

 private:
  void clear();

  const bool quiet_;
  const bool terminal_;
  bool shown_ = false;
  Clock::time_point next_;
  std::optional<Progress> last_;
  Clock::time_point last_at_;
};

// "1:02:03", "0:07".
std::string clock_text(std::chrono::duration<double> time);
// "12 frames", "1 frame".
std::string count_text(std::uint64_t count, const std::string& one);
