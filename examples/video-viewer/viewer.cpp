// SPDX-License-Identifier: LGPL-2.1-or-later
#include "viewer.hpp"

#include <algorithm>
#include <csignal>
#include <regex>
#include <stdexcept>

#include "addresses.hpp"
#include "caps_text.hpp"

namespace {

// How long a frame is waited for before the line of progress has its turn.
constexpr int kPatience = 200;  // ms
// As many frames of a file show whether they are in the order in which they are shown.
constexpr std::size_t kLook = 24;
constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{30};

// Takes the error, by reference: as an argument it is looked at before the call beside it fills it.
void check(bool done, GError* const& error) {
  if (done) return;
  const Handle<GError> owned(error);
  if (g_error_matches(error, GST_WEBRTC_SERVER_ERROR, GST_WEBRTC_SERVER_ERROR_INVALID_URI))
    throw UsageError(error->message);
  throw std::runtime_error(error->message);
}

std::string text_of(GObject* object, const char* name) {
  gchar* text = nullptr;
  g_object_get(object, name, &text, nullptr);
  const Handle<gchar> owned(text);
  return text ? text : "";
}

bool has_property(GObject* object, const char* name) {
  return g_object_class_find_property(G_OBJECT_GET_CLASS(object), name) != nullptr;
}

std::uint64_t count_of(const GstStructure* stats, const char* name) {
  guint64 count = 0;
  gst_structure_get_uint64(stats, name, &count);
  return count;
}

// "clip.mp4", "clip-2.mp4", "clip-3.mp4" …
std::string next_part(const std::string& path) {
  static const std::regex part("-([0-9]+)(\\.[^./]*)$");
  std::smatch match;
  if (std::regex_search(path, match, part))
    return match.prefix().str() + "-" + std::to_string(std::stoul(match[1]) + 1) + match[2].str();
  const auto dot = path.rfind('.');
  return path.substr(0, dot) + "-2" + (dot == std::string::npos ? "" : path.substr(dot));
}

// What a browser opens to see a stream of ours.
std::string page_of(const std::string& uri) {
  const auto begin = uri.find("://") + 3;
  std::string rest = uri.substr(begin, uri.find('?') - begin);
  const auto colon = rest.find_first_of(":/");
  const std::string host = rest.substr(0, colon);
  if (host == "@" || host == "0.0.0.0") rest = g_get_host_name() + rest.substr(colon);
  return (scheme_of(uri) == "webrtcs" ? "https://" : "http://") + rest;
}

std::vector<Written> written_by(const Arguments& arguments) {
  std::vector<Written> written;
  for (const std::string& output : arguments.outputs) written.push_back({"The output", output});
  for (const char* flag : {"output-save", "input-save"}) {
    const std::string path = text_of(G_OBJECT(arguments.options.get()), flag);
    if (!path.empty()) written.push_back({std::string("The file of --") + flag, path});
  }
  return written;
}

}  // namespace

Viewer::Viewer(Arguments arguments, Stop& stop)
    : arguments_(std::move(arguments)),
      stop_(stop),
      plan_(Plan::make(arguments_.options.get(), arguments_.input, arguments_.outputs)),
      status_(arguments_.quiet) {
  check_files(arguments_.input, written_by(arguments_));
  g_object_set(arguments_.options.get(), "encoded", gboolean(plan_.encoded), "wait",
               gboolean(plan_.wait), nullptr);
  make_source();
  make_output();
}

Viewer::~Viewer() {
  stop_.interrupt_with(nullptr);
  if (output_) g_signal_handlers_disconnect_by_data(output_.get(), this);
  // Ahead of what its threads may still say.
  output_.reset();
}

void Viewer::make_source() {
  GError* error = nullptr;
  source_.reset(gst_webrtc_server_video_source_new_with_options(arguments_.input.c_str(),
                                                                arguments_.options.get(), &error));
  check(source_ != nullptr, error);
  had_frames_ = false;
}

void Viewer::make_output() {
  std::vector<const char*> uris;
  for (const std::string& output : arguments_.outputs) uris.push_back(output.c_str());
  uris.push_back(nullptr);
  GError* error = nullptr;
  output_.reset(gst_webrtc_server_video_output_new_with_options(uris.data(),
                                                                arguments_.options.get(), &error));
  check(output_ != nullptr, error);
  // It comes on a thread of the output's.
  const auto on_failed =
      +[](GstWebRTCServerVideoOutput*, const gchar* uri, const gchar* message, Viewer* self) {
        const std::lock_guard lock(self->mutex_);
        self->failed_.emplace_back(uri, message);
      };
  g_signal_connect(output_.get(), "target-failed", G_CALLBACK(on_failed), this);
}

void Viewer::open_source() {
  stop_.interrupt_with([this] { gst_webrtc_server_video_source_close(source_.get()); });
  GError* error = nullptr;
  check(gst_webrtc_server_video_source_open(source_.get(), &error), error);
}

void Viewer::open_output() {
  GError* error = nullptr;
  check(gst_webrtc_server_video_output_open(output_.get(), &error), error);
  announce_outputs();
  service_.tell_ready();
}

void Viewer::announce_input(GstSample* frame) {
  status_.say("Reading " + arguments_.input + ": " + caps_text(gst_sample_get_caps(frame)) + ".");
}

void Viewer::announce_outputs() {
  for (guint index = 0; index < arguments_.outputs.size(); ++index) {
    const std::string& output = arguments_.outputs[index];
    const Handle<GstElement> element(
        gst_webrtc_server_video_output_get_element(output_.get(), index));
    const std::string scheme = scheme_of(output);
    if ((scheme == "webrtc" || scheme == "webrtcs") && element)
      // With the port that the kernel has chosen, where it had to.
      status_.say("Open " + page_of(text_of(G_OBJECT(element.get()), "uri")) + " to watch.");
    else
      status_.say("Writing " + output + ".");
  }
}

void Viewer::look() {
  // Whoever publishes comes when it likes, and viewers find the page until then.
  if (scheme_of(arguments_.input).rfind("webrtc", 0) == 0) return;
  bool reordered = false;
  std::string codec;
  while (!stop_.requested() && !ended_) {
    Handle<GstSample> frame = next();
    if (!frame) continue;
    if (looked_at_.empty()) announce_input(frame.get());
    codec = gst_structure_get_name(gst_caps_get_structure(gst_sample_get_caps(frame.get()), 0));
    const GstClockTime time = GST_BUFFER_PTS(gst_sample_get_buffer(frame.get()));
    if (!looked_at_.empty())
      reordered |= time < GST_BUFFER_PTS(gst_sample_get_buffer(looked_at_.back().get()));
    looked_at_.push_back(std::move(frame));
    const bool live = gst_webrtc_server_video_source_is_live(source_.get());
    if (!plan_.browsers || codec == "video/x-raw" || live || looked_at_.size() == kLook) break;
  }
  if (!plan_.browsers) return;
  if (reordered) {
    status_.say("It has B-frames, which browsers do not show in order: it is encoded anew.");
    g_object_set(arguments_.options.get(), "encoded", FALSE, nullptr);
    looked_at_.clear();
    gst_webrtc_server_video_source_close(source_.get());
    stop_.interrupt_with(nullptr);
    ended_ = false;
    make_source();
    open_source();
  } else if (codec == "video/x-h265" &&
             text_of(G_OBJECT(arguments_.options.get()), "output-codec").empty()) {
    status_.say("Few browsers decode H.265: it is encoded anew, unless --output-codec=h265.");
    g_object_set(arguments_.options.get(), "output-codec", "h264", nullptr);
    g_signal_handlers_disconnect_by_data(output_.get(), this);
    make_output();
  }
}

Handle<GstSample> Viewer::next() {
  if (!looked_at_.empty()) {
    Handle<GstSample> frame = std::move(looked_at_.front());
    looked_at_.pop_front();
    return frame;
  }
  return capture();
}

Handle<GstSample> Viewer::capture() {
  GError* error = nullptr;
  Handle<GstSample> frame(gst_webrtc_server_video_source_capture(source_.get(), kPatience, &error));
  if (error) {
    const Handle<GError> owned(error);
    if (stop_.requested()) return {};
    // What never came is a mistake in the address rather than a fault on the way.
    if (!plan_.returns || !had_frames_) throw std::runtime_error(error->message);
    reopen(error->message);
    return {};
  }
  if (frame) {
    had_frames_ = true;
    ++captured_;
    return timeline_.place(std::move(frame), Clock::now());
  }
  ended_ = !gst_webrtc_server_video_source_is_streaming(source_.get());
  return {};
}

// What the part that has ended leaves to the next.
void Viewer::prepare_part() {
  const Handle<GstStructure> stats(gst_webrtc_server_video_source_get_stats(source_.get()));
  lost_before_ += count_of(stats.get(), "dropped");
  GObject* options = G_OBJECT(arguments_.options.get());
  guint64 wanted = 0;
  g_object_get(options, "num-frames", &wanted, nullptr);
  if (wanted > 0)
    g_object_set(options, "num-frames", std::max<guint64>(wanted, captured_ + 1) - captured_,
                 nullptr);
  captured_ = 0;
  // The file that has been saved so far stays, and the next gets a number.
  const std::string saved = text_of(options, "input-save");
  if (saved.empty() || !had_frames_) return;
  g_object_set(options, "input-save", next_part(saved).c_str(), nullptr);
}

void Viewer::reopen(const std::string& why) {
  status_.warn(why + " It is looked for again.");
  std::chrono::seconds pause = kFirstPause;
  while (!stop_.wait_until(Clock::now() + pause)) {
    service_.tell_status("The input is away: " + why);
    pause = std::min(pause * 2, kLongestPause);
    stop_.interrupt_with(nullptr);
    try {
      prepare_part();
      make_source();
      open_source();
      timeline_.begin_part();
      status_.warn("The input is back.");
      return;
    } catch (const std::runtime_error& error) {
      status_.warn(error.what());
    }
  }
}

void Viewer::write(Handle<GstSample> frame) {
  GstBuffer* buffer = gst_sample_get_buffer(frame.get());
  const auto now = Clock::now();
  if (frames_ == 0) began_ = now;
  if (plan_.paced && !gst_webrtc_server_video_source_is_live(source_.get())) {
    // Frames that are encoded come in the order in which they are decoded.
    const GstClockTime time =
        GST_BUFFER_DTS_IS_VALID(buffer) ? GST_BUFFER_DTS(buffer) : GST_BUFFER_PTS(buffer);
    const auto due = pace_.due(time, now);
    // A film of one picture a minute still has its line of progress.
    while (Clock::now() < due) {
      if (stop_.wait_until(std::min(due, Clock::now() + std::chrono::milliseconds(kPatience))))
        return;
      report();
    }
  }
  GError* error = nullptr;
  check(gst_webrtc_server_video_output_render(output_.get(), frame.get(), &error), error);
  ++frames_;
  const GstStructure* form = gst_caps_get_structure(gst_sample_get_caps(frame.get()), 0);
  if (!gst_structure_has_name(form, "video/x-raw")) bytes_ += gst_buffer_get_size(buffer);
}

void Viewer::tell_failed_targets() {
  std::vector<std::pair<std::string, std::string>> failed;
  {
    const std::lock_guard lock(mutex_);
    failed.swap(failed_);
  }
  for (const auto& [uri, message] : failed) status_.warn(uri + " is given up: " + message);
  has_failed_ |= !failed.empty();
}

Progress Viewer::progress(Clock::time_point now) {
  Progress progress;
  if (frames_ > 0) progress.time = now - began_;
  progress.frames = frames_;
  progress.bytes = bytes_;
  const Handle<GstStructure> in(gst_webrtc_server_video_source_get_stats(source_.get()));
  const Handle<GstStructure> out(gst_webrtc_server_video_output_get_stats(output_.get()));
  progress.dropped = lost_before_ + count_of(in.get(), "dropped") + count_of(out.get(), "dropped");
  for (guint index = 0; index < arguments_.outputs.size(); ++index) {
    const Handle<GstElement> element(
        gst_webrtc_server_video_output_get_element(output_.get(), index));
    if (!element || !has_property(G_OBJECT(element.get()), "viewers")) continue;
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
    Handle<GstSample> frame = next();
    if (!frame && ended_) break;
    if (!frame) continue;
    if (!announced) announce_input(frame.get());
    announced = true;
    write(std::move(frame));
  }
  return finish();
}

int Viewer::finish() {
  service_.tell_stopping();
  const Progress done = progress(Clock::now());
  stop_.interrupt_with(nullptr);
  gst_webrtc_server_video_source_close(source_.get());
  GError* error = nullptr;
  check(gst_webrtc_server_video_output_close(output_.get(), &error), error);
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
