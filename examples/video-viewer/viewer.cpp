// SPDX-License-Identifier: LGPL-2.1-or-later
#include "viewer.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <regex>
#include <stdexcept>
#include <system_error>

#include "addresses.hpp"
#include "caps_text.hpp"
#include "handle.hpp"

using webrtcserver::Error;
using webrtcserver::VideoOutput;
using webrtcserver::VideoSource;

namespace {

// How long a frame is waited for before the line of progress has its turn.
constexpr std::chrono::milliseconds kPatience{200};
// As many frames of a file show whether they are in the order in which they are shown.
constexpr std::size_t kLook = 24;
// After which the user is told that nothing comes.
constexpr std::chrono::seconds kSilence{5};
constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{30};

// "clip.mp4", "clip-2.mp4", "clip-3.mp4" …
std::string next_part(const std::string& path) {
  static const std::regex part("-([0-9]{1,9})(\\.[^./]*)$");
  std::smatch match;
  if (std::regex_search(path, match, part))
    return match.prefix().str() + "-" + std::to_string(std::stoul(match[1]) + 1) + match[2].str();
  const auto dot = path.rfind('.');
  return path.substr(0, dot) + "-2" + (dot == std::string::npos ? "" : path.substr(dot));
}

std::vector<Written> written_by(const Arguments& arguments) {
  std::vector<Written> written;
  for (const std::string& output : arguments.outputs) written.push_back({"The output", output});
  const auto& options = arguments.options;
  if (!options.output_save.empty())
    written.push_back({"The file of --output-save,", options.output_save});
  if (!options.input_save.empty())
    written.push_back({"The file of --input-save,", options.input_save});
  return written;
}

Arguments with_plan(Arguments arguments, const Plan& plan) {
  arguments.options.encoded = plan.encoded;
  arguments.options.wait = plan.wait;
  return arguments;
}

// GStreamer's element of an output, where it has one.
Handle<GstElement> element_of(const VideoOutput& output, std::size_t index) {
  return Handle<GstElement>(
      gst_webrtc_server_video_output_get_element(output.native(), static_cast<guint>(index)));
}

}  // namespace

Viewer::Viewer(Arguments arguments, Stop& stop)
    : stop_(stop),
      plan_(Plan::make(arguments.options, arguments.input, arguments.outputs)),
      status_(arguments.quiet) {
  check_files(arguments.input, written_by(arguments));
  arguments_ = with_plan(std::move(arguments), plan_);
  make_source();
  make_output();
}

Viewer::~Viewer() {
  stop_.interrupt_with(nullptr);
  // Ahead of what it tells.
  output_.reset();
}

void Viewer::make_source() {
  source_ = VideoSource::create(arguments_.input, arguments_.options);
  captured_ = 0;
}

void Viewer::make_output() {
  output_ = VideoOutput::create(arguments_.outputs, arguments_.options);
  output_->on_target_failed([this](const std::string& uri, const std::string& why) {
    const std::lock_guard lock(mutex_);
    failed_.emplace_back(uri, why);
  });
}

void Viewer::open_source() {
  stop_.interrupt_with([this] { source_->close(); });
  source_->open();
  key_frames_.ask(*source_);
}

void Viewer::open_output() {
  output_->open();
  key_frames_.listen_to(*output_, arguments_.outputs.size());
  announce_outputs();
  service_.tell_ready();
}

void Viewer::announce_input(const Image& frame) {
  status_.say("Reading " + arguments_.input + ": " +
              caps_text(gst_sample_get_caps(frame.native())) + ".");
}

void Viewer::announce_outputs() {
  // With the ports that the kernel has chosen, where it had to.
  for (const std::string& output : output_->uris()) {
    const std::string scheme = scheme_of(output);
    if (scheme == "webrtc" || scheme == "webrtcs")
      status_.say("Open " + page_of(output) + " to watch.");
    else
      status_.say("Writing " + output + ".");
  }
}

void Viewer::look() {
  // Whoever publishes comes when it likes, and viewers find the page until then.
  if (scheme_of(arguments_.input).rfind("webrtc", 0) == 0) return;
  bool reordered = false;
  std::string codec;
  const auto begin = Clock::now();
  bool told = false;
  while (!stop_.requested() && !ended_) {
    std::optional<Image> frame = capture();
    if (!frame && !told && Clock::now() > begin + kSilence) {
      told = true;
      status_.say("Nothing has come from " + arguments_.input + " yet; it is waited for.");
    }
    if (!frame) continue;
    if (looked_at_.empty()) announce_input(*frame);
    codec = frame->format_name();
    const bool encoded = frame->is_encoded();
    if (!looked_at_.empty()) reordered |= frame->timestamp() < looked_at_.back().timestamp();
    looked_at_.push_back(std::move(*frame));
    if (!plan_.browsers || !encoded || source_->is_live() || looked_at_.size() == kLook) break;
  }
  if (!plan_.browsers || stop_.requested()) return;
  if (reordered) {
    status_.say("It has B-frames, which browsers do not show in order: it is encoded anew.");
    arguments_.options.encoded = false;
    looked_at_.clear();
    stop_.interrupt_with(nullptr);
    source_->close();
    ended_ = false;
    make_source();
    open_source();
  } else if (codec == "video/x-h265" && arguments_.options.output_codec.empty()) {
    status_.say("Few browsers decode H.265: it is encoded anew, unless --output-codec=h265.");
    arguments_.options.output_codec = "h264";
    make_output();
  }
}

std::optional<Viewer::Image> Viewer::next() {
  if (looked_at_.empty()) return capture();
  std::optional<Image> frame = std::move(looked_at_.front());
  looked_at_.pop_front();
  return frame;
}

std::optional<Viewer::Image> Viewer::capture() {
  std::optional<Image> frame;
  try {
    frame = source_->capture(kPatience);
  } catch (const Error& error) {
    if (stop_.requested()) return std::nullopt;
    // What never came is a mistake in the address rather than a fault on the way.
    if (!plan_.returns || captured_ == 0) throw;
    reopen(error.what());
    return std::nullopt;
  }
  if (!frame) {
    ended_ = !source_->is_streaming();
    return std::nullopt;
  }
  ++captured_;
  return timeline_.place(std::move(*frame), Clock::now());
}

// What the part that has ended leaves to the next.
void Viewer::prepare_part() {
  lost_before_ += source_->statistics().dropped;
  auto& options = arguments_.options;
  if (options.num_frames > 0) options.num_frames -= std::min(options.num_frames - 1, captured_);
  // The file that has been saved so far stays, and the next gets a number that none of them has, of
  // this run or one before.
  std::error_code ignored;
  if (!options.input_save.empty() && captured_ > 0) {
    do {
      options.input_save = next_part(options.input_save);
    } while (std::filesystem::exists(file_of(options.input_save), ignored));
  }
  captured_ = 0;
}

void Viewer::reopen(const std::string& why) {
  status_.warn(why + " It is looked for again.");
  prepare_part();
  std::chrono::seconds pause = kFirstPause;
  while (!stop_.wait_until(Clock::now() + pause)) {
    service_.tell_status("The input is away: " + why);
    pause = std::min(pause * 2, kLongestPause);
    stop_.interrupt_with(nullptr);
    try {
      make_source();
      open_source();
      std::optional<Image> frame;
      // Some say that they are open before anybody has answered.
      while (!frame && source_->is_streaming()) {
        report();
        frame = source_->capture(kPatience);
      }
      if (!frame) continue;
      timeline_.begin_part();
      ++captured_;
      looked_at_.push_back(timeline_.place(std::move(*frame), Clock::now()));
      status_.warn("The input is back.");
      return;
    } catch (const Error& error) {
      if (!stop_.requested()) status_.warn(error.what());
    }
  }
}

// Whether it has come before the user ended it.
bool Viewer::wait_for_turn(const Image& frame) {
  if (!plan_.paced || source_->is_live()) return true;
  // Frames that are encoded come in the order in which they are decoded.
  GstBuffer* buffer = gst_sample_get_buffer(frame.native());
  const GstClockTime time =
      GST_BUFFER_DTS_IS_VALID(buffer) ? GST_BUFFER_DTS(buffer) : GST_BUFFER_PTS(buffer);
  const auto due = pace_.due(time, Clock::now());
  // A film of one picture a minute still has its line of progress.
  while (Clock::now() < due) {
    if (stop_.wait_until(std::min(due, Clock::now() + kPatience))) return false;
    report();
  }
  return true;
}

void Viewer::write(const Image& frame) {
  if (frames_ == 0) began_ = Clock::now();
  if (!wait_for_turn(frame)) return;
  output_->render(frame);
  ++frames_;
  if (frame.is_encoded()) bytes_ += frame.size();
}

void Viewer::tell_failed_targets() {
  std::vector<std::pair<std::string, std::string>> failed;
  {
    const std::lock_guard lock(mutex_);
    failed.swap(failed_);
  }
  for (const auto& [uri, why] : failed) status_.warn(uri + " is given up: " + why);
  has_failed_ |= !failed.empty();
}

Progress Viewer::progress(Clock::time_point now) {
  Progress progress;
  if (frames_ > 0) progress.time = now - began_;
  progress.frames = frames_;
  progress.bytes = bytes_;
  progress.dropped = lost_before_ + source_->statistics().dropped + output_->statistics().dropped;
  for (std::size_t index = 0; index < arguments_.outputs.size(); ++index) {
    const Handle<GstElement> element = element_of(*output_, index);
    if (!element || !g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), "viewers"))
      continue;
    guint viewers = 0;
    g_object_get(element.get(), "viewers", &viewers, nullptr);
    progress.viewers = progress.viewers.value_or(0) + viewers;
  }
  return progress;
}

void Viewer::report() {
  tell_failed_targets();
  const auto now = Clock::now();
  if (!status_.is_due(now)) return;
  service_.tell_status(status_.show(progress(now), now));
}

int Viewer::run() {
  open_source();
  look();
  if (stop_.requested()) return finish();
  open_output();
  bool announced = !looked_at_.empty();
  while (!stop_.requested()) {
    report();
    const std::optional<Image> frame = next();
    if (!frame && ended_) break;
    if (!frame) continue;
    if (!announced) announce_input(*frame);
    announced = true;
    write(*frame);
  }
  return finish();
}

int Viewer::finish() {
  service_.tell_stopping();
  const auto now = Clock::now();
  stop_.interrupt_with(nullptr);
  source_->close();
  output_->close();
  // When nothing is on its way any more.
  const Progress done = progress(now);
  tell_failed_targets();
  const int signal = stop_.signal();
  const std::string why = signal == 0         ? "The input has ended"
                          : signal == SIGINT  ? "Ended by Ctrl-C"
                          : signal == SIGTERM ? "Ended by SIGTERM"
                                              : "Ended by SIGHUP";
  status_.say(why + ": " + count_text(done.frames, "frame") + " in " + clock_text(done.time) +
              ", " + std::to_string(done.dropped) + " dropped.");
  // The user's own Ctrl-C is how this program is meant to end; others tell who started it.
  if (signal != 0 && signal != SIGINT) return 128 + signal;
  return has_failed_ ? 1 : 0;
}
