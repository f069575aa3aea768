// SPDX-License-Identifier: LGPL-2.1-or-later
#include "status.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "secrets.hpp"

namespace {

constexpr std::chrono::milliseconds kInterval{500};

// Where a line can be written anew. Emacs and the like call themselves dumb.
bool is_terminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && kind && std::strcmp(kind, "dumb") != 0;
}

std::size_t columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string number(double value, const char* unit) {
  char text[64];
  std::snprintf(text, sizeof text, "%.1f %s", value, unit);
  return text;
}

std::string rate_text(double bits) {
  return bits < 1e6 ? number(bits / 1e3, "kbit/s") : number(bits / 1e6, "Mbit/s");
}

}  // namespace

std::string clock_text(std::chrono::duration<double> time) {
  const auto seconds = static_cast<long>(time.count());
  char text[64];
  if (seconds >= 3600)
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60,
                  seconds % 60);
  else
    std::snprintf(text, sizeof text, "%ld:%02ld", seconds / 60, seconds % 60);
  return text;
}

std::string count_text(std::uint64_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

Status::Status(bool quiet) : quiet_(quiet), terminal_(is_terminal()) {
  // One line at a time, also into a pipe.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
}

Status::~Status() {
  if (shown_) std::puts("");
}

void Status::say(const std::string& sentence) {
  if (quiet_) return;
  clear();
  std::puts(without_secrets(sentence).c_str());
}

void Status::warn(const std::string& sentence) {
  clear();
  std::fprintf(stderr, "video-viewer: %s\n", without_secrets(sentence).c_str());
}

std::string Status::show(const Progress& progress, Clock::time_point now) {
  next_ = now + kInterval;
  // Rates of the last half second, more or less; the first time of all.
  const std::chrono::duration<double> span =
      last_ ? std::chrono::duration<double>(now - last_at_) : progress.time;
  const Progress before = last_.value_or(Progress{});
  const double seconds = std::max(span.count(), 1e-3);
  last_ = progress;
  last_at_ = now;
  std::string line =
      clock_text(progress.time) + "  " + count_text(progress.frames, "frame") + "  " +
      number(static_cast<double>(progress.frames - before.frames) / seconds, "frames/s");
  if (progress.bytes > before.bytes)
    line += "  " + rate_text(static_cast<double>(progress.bytes - before.bytes) * 8 / seconds);
  line += "  " + std::to_string(progress.dropped) + " dropped";
  if (progress.viewers) line += "  " + count_text(*progress.viewers, "viewer");
  if (quiet_ || !terminal_) return line;
  // A line that wraps could not be written anew.
  std::printf("\r\033[K%s", line.substr(0, columns() - 1).c_str());
  std::fflush(stdout);
  shown_ = true;
  return line;
}

void Status::clear() {
  if (!shown_) return;
  std::fputs("\r\033[K", stdout);
  std::fflush(stdout);
  shown_ = false;
}
