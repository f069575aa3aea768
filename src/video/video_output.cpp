// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/video_output.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "codec/retime.hpp"
#include "net/uri_text.hpp"
#include "video/device_pictures.hpp"
#include "video/stopping.hpp"
#include "video/targets.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())

namespace webrtcserver {

namespace {

constexpr std::string_view kAviMuxer = "avimux";  // frames have no times there, but a rate
constexpr int kGuessedRate = 30;                  // of frames that say nothing of theirs
constexpr std::chrono::seconds kLongestEnd{9};    // that files may take to be finished
constexpr std::chrono::seconds kLongestStop{1};   // and everything to stop, behind that
constexpr std::chrono::milliseconds kLongestFarewell{5000};  // peers to close, behind that

bool is_raw(const GstCaps* caps) {
  return g_str_has_prefix(gst_structure_get_name(gst_caps_get_structure(caps, 0)), "video/x-raw");
}

// An application that makes frames may not say how many there are in a second; encoders want a
// field. Zero: it varies.
Ref<GstCaps> with_framerate(GstCaps* caps, int rate) {
  const GstStructure* fields = gst_caps_get_structure(caps, 0);
  if (!is_raw(caps) || gst_structure_has_field(fields, "framerate"))
    return Ref<GstCaps>::retain(caps);
  auto copy = Ref<GstCaps>::adopt(gst_caps_copy(caps));
  gst_caps_set_simple(copy.get(), "framerate", GST_TYPE_FRACTION, rate, 1, nullptr);
  return copy;
}

// "a.mp4" and "./a.mp4" are one file, which two muxers would write over each other.
bool is_same_place(const Location& one, const Location& other) {
  if (one.kind != other.kind) return false;
  if (one.kind != LocationKind::kFile && one.kind != LocationKind::kImageSequence)
    return one.text == other.text;
  std::error_code ignored;
  return std::filesystem::weakly_canonical(std::filesystem::absolute(one.path, ignored), ignored) ==
         std::filesystem::weakly_canonical(std::filesystem::absolute(other.path, ignored), ignored);
}

void stop_targets(const std::vector<std::shared_ptr<Target>>& targets) {
  for (const auto& target : targets) {
    if (target) target->stop();
  }
}

}  // namespace

std::shared_ptr<VideoOutput> VideoOutput::create(const std::vector<std::string>& uris,
                                                 VideoOptions options,
                                                 std::weak_ptr<Listener> listener) {
  std::shared_ptr<VideoOutput> output(new VideoOutput(std::move(options), std::move(listener)));
  if (uris.empty() && output->options_.output_save.empty())
    throw Error(ErrorCode::kInvalidUri, "An output needs an address to write to.");
  for (const std::string& uri : uris) output->add_target(uri);
  if (!output->options_.output_save.empty()) output->add_target(output->options_.output_save);
  output->plan();
  output->pixel_frames_ = std::make_unique<PixelFrames>(output->shows_each_pixel());
  return output;
}

VideoOutput::VideoOutput(VideoOptions options, std::weak_ptr<Listener> listener)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      process_(getpid()),
      clock_(Ref<GstClock>::adopt(gst_system_clock_obtain())) {}

VideoOutput::~VideoOutput() {
  abandon(std::chrono::steady_clock::now() + kLongestEnd);
}

// A child of fork() has none of the threads: whatever it asked for would never come.
void VideoOutput::check_process() const {
  if (process_ == getpid()) return;
  throw Error(ErrorCode::kFailed,
              "This output belongs to the process that this one was forked from. Make one here, "
              "after fork().");
}

// ---- targets

void VideoOutput::add_target(const std::string& uri) {
  Slot slot;
  slot.location = Location::parse(uri, LocationUse::kOutput);
  slot.format = &output_format_of(slot.location);
  slot.left_out = options_.headless && slot.location.kind == LocationKind::kDisplay;
  if (!slot.left_out) check_target(slot.location, *slot.format, options_);
  slot.takes = codecs_of_format(*slot.format);
  const auto same = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& other) {
    return is_same_place(other.location, slot.location);
  });
  if (same != slots_.end())
    throw Error(ErrorCode::kSettingsConflict,
                name_of(slot.location) + " is named twice as an output.");
  needs_rate_ = needs_rate_ || (slot.format->muxer && slot.format->muxer == kAviMuxer);
  slots_.push_back(std::move(slot));
}

std::vector<const OutputCodec*> VideoOutput::plan_for(const std::vector<OutputWish>& wishes) const {
  const auto any = Ref<GstCaps>::adopt(gst_caps_from_string("video/x-raw"));
  return plan_codecs(wishes, options_, [&](const OutputCodec& codec) {
    const std::string element = codec.every_frame_is_key ? "" : options_.output_encoder;
    return !output_encoders(codec, any.get(), element).empty();
  });
}

void VideoOutput::plan() {
  std::vector<OutputWish> wishes;
  for (const Slot& slot : slots_) {
    if (!slot.left_out)
      wishes.push_back({slot.format, without_secrets(slot.location.text), slot.takes});
  }
  const auto codecs = plan_for(wishes);
  std::size_t next = 0;
  for (Slot& slot : slots_) {
    if (!slot.left_out) slot.planned = codecs[next++];
  }
}

void VideoOutput::set_controls(Ref<GObject> controls) {
  const std::scoped_lock lock(mutex_);
  std::swap(controls_, controls);
}

void VideoOutput::open() {
  check_process();
  const std::scoped_lock turn(turn_);
  open_targets();
}

// With turn_ held.
void VideoOutput::open_targets() {
  Ref<GObject> controls;
  std::vector<std::shared_ptr<Target>> made;
  {
    const std::scoped_lock lock(mutex_);
    if (state_ == State::kClosed) throw Error(ErrorCode::kClosed, "The output has been closed.");
    if (state_ == State::kOpen) return;
    controls = controls_;
  }
  // What of a slot is read here is fixed by now.
  for (const Slot& slot : slots_) {
    if (slot.left_out) {
      made.push_back(nullptr);
      continue;
    }
    TargetRequest request{slot.location, slot.format,      &options_, options_.wait,
                          controls,      weak_from_this(), contexts_};
    made.push_back(make_target(request));
  }
  {
    // Ahead of opening: one may fail as soon as it is open.
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].target = made[i];
  }
  try {
    for (const auto& target : made) {
      if (target) target->open();
    }
  } catch (const Error&) {
    stop_targets(made);
    const std::scoped_lock lock(mutex_);
    for (Slot& slot : slots_) {
      slot.target = nullptr;
      slot.failed = false;
    }
    throw;
  }
  {
    const std::scoped_lock lock(mutex_);
    if (state_ == State::kNew) state_ = State::kOpen;
    if (state_ == State::kOpen) return;
  }
  // It was closed meanwhile, by somebody who saw nothing to end.
  stop_targets(made);
  throw Error(ErrorCode::kClosed, "The output has been closed.");
}

// ---- frames

VideoFrame VideoOutput::place(GstSample* sample, const Ref<GstCaps>& caps) {
  GstBuffer* given = gst_sample_get_buffer(sample);
  auto buffer = shallow_copy(given);
  const auto stamp = timeline_.place(GST_BUFFER_PTS(given), GST_BUFFER_DTS(given),
                                     gst_clock_get_time(clock_.get()));
  GST_BUFFER_PTS(buffer.get()) = stamp.pts;
  GST_BUFFER_DTS(buffer.get()) = stamp.dts;
  // A file's last frame is shown for as long as it says.
  if (!GST_BUFFER_DURATION_IS_VALID(buffer.get())) GST_BUFFER_DURATION(buffer.get()) = stamp.step;
  return {caps, std::move(buffer)};
}

void VideoOutput::render(GstSample* sample) {
  check_process();
  GstCaps* caps = sample ? gst_sample_get_caps(sample) : nullptr;
  if (!caps || gst_caps_get_size(caps) == 0 || !gst_sample_get_buffer(sample))
    throw Error(ErrorCode::kFailed, "A sample without a buffer, or without caps, is no frame.");
  if (!is_raw(caps) && !output_codec_of(caps)) {
    throw Error(ErrorCode::kNoCommonCodec, "Frames of " + take_string(gst_caps_to_string(caps)) +
                                               " cannot be written; raw video can, and H264, "
                                               "H265, VP8, VP9, AV1 and JPEG.");
  }
  const std::scoped_lock turn(turn_);
  open_targets();
  need_live_target();
  if (!caps_ || (given_.get() != caps && !gst_caps_is_equal(given_.get(), caps)))
    caps_ = with_framerate(caps, needs_rate_ ? kGuessedRate : 0);
  given_ = Ref<GstCaps>::retain(caps);
  const VideoFrame frame = place(sample, caps_);
  if (is_raw(caps) && is_in_system_memory(caps))
    bring_down("others come in the CPU's memory, and each change would take a new encoder");
  {
    const std::scoped_lock lock(mutex_);
    ++frames_;
    const GstStructure* fields = gst_caps_get_structure(caps, 0);
    gst_structure_get_int(fields, "width", &width_);
    gst_structure_get_int(fields, "height", &height_);
  }
  const auto to = routes_for(caps_);
  if (to->passing) push_stream(*to->passing, frame);
  if (to->decoder) {
    to->decoder->push(frame);
  } else if (!to->input) {
    push_raw(*to, frame);
  }
}

void VideoOutput::need_live_target() const {
  const std::scoped_lock lock(mutex_);
  const Slot* dead = nullptr;
  for (const Slot& slot : slots_) {
    if (slot.left_out) continue;
    if (!slot.failed) return;
    dead = &slot;
  }
  if (dead) {
    throw Error(ErrorCode::kFailed,
                "No target is left: " + name_of(dead->location) + " has failed: " + dead->error);
  }
}

bool VideoOutput::is_streaming() const {
  if (process_ != getpid()) return false;
  const std::scoped_lock lock(mutex_);
  if (state_ == State::kClosed) return false;
  // With headless there may be nothing but what is left out.
  const auto fails = [](const Slot& slot) { return slot.failed || slot.left_out; };
  return count_failed() == 0 || !std::all_of(slots_.begin(), slots_.end(), fails);
}

// ---- the end

void VideoOutput::close() {
  check_process();
  const auto deadline = std::chrono::steady_clock::now() + kLongestEnd;
  std::size_t failed = 0;  // and told of already
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(state_, State::kClosed) != State::kOpen) return;
    failed = count_failed();
  }
  // A frame may be waiting for room.
  if (std::unique_lock turn(turn_, deadline); turn) {
    end_all();
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [this] {
      return std::all_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
        return !slot.target || slot.ended || slot.failed;
      });
    });
  }
  std::string problems;
  {
    const std::scoped_lock lock(mutex_);
    const bool worse = count_failed() > failed;
    for (const Slot& slot : slots_) {
      if (!slot.target || slot.ended || (slot.failed && !worse)) continue;
      problems += (problems.empty() ? "" : "; ") + name_of(slot.location) +
                  " could not be finished" +
                  (slot.failed ? ": " + slot.error
                               : " within " + std::to_string(kLongestEnd.count()) + " seconds");
    }
  }
  // Whatever could be finished stops at once.
  abandon(std::max(deadline, std::chrono::steady_clock::now() + kLongestStop));
  if (!problems.empty()) throw Error(ErrorCode::kFailed, problems + ".");
}

// With mutex_ held.
std::size_t VideoOutput::count_failed() const {
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.failed; }));
}

// Frames that are on their way come out, and then the end. With turn_ held.
void VideoOutput::end_all() {
  const auto to = routes();
  if (to) {
    if (to->passing) to->passing->finish();
    if (to->decoder) {
      to->decoder->finish();  // and then what it feeds
    } else {
      for (const auto& stream : to->encodings) stream->finish();
      for (const auto& target : to->raw) target->finish();
    }
  }
  // What never had a frame.
  std::vector<std::shared_ptr<Target>> idle;
  {
    const std::scoped_lock lock(mutex_);
    for (const Slot& slot : slots_) {
      if (slot.target && !slot.failed && !(to && is_fed(*to, *slot.target)))
        idle.push_back(slot.target);
    }
  }
  for (const auto& target : idle) target->finish();
}

void VideoOutput::release(std::shared_ptr<VideoOutput> output) noexcept {
  if (!output) return;
  if (output->process_ != getpid()) {
    // Never destroyed: that would wait for threads that are not here.
    static_cast<void>(new (std::nothrow) std::shared_ptr<VideoOutput>(std::move(output)));
    return;
  }
  guard("the end of an output", [&output] { output->close(); });
}

void VideoOutput::abandon(Completion::Clock::time_point deadline) {
  // The threads are the parent's, and locks may have been taken by them.
  if (process_ != getpid()) return;
  std::shared_ptr<Routes> to;
  std::vector<std::shared_ptr<Target>> targets;
  bool has_peers = false;
  {
    const std::scoped_lock lock(mutex_);
    state_ = State::kClosed;
    to = routes_;
    for (const Slot& slot : slots_) {
      if (!slot.target) continue;
      targets.push_back(slot.target);
      has_peers = has_peers || slot.location.kind == LocationKind::kWebrtc ||
                  slot.location.kind == LocationKind::kWhip;
    }
  }
  // Side by side: an encoder may be waiting for room in a target, and one that hangs holds up
  // nothing but itself.
  Stopping stopping;
  for (const auto& target : targets) stopping.add([target] { target->stop(); });
  if (to) stopping.add([to] { stop_routes(*to); });
  if (!stopping.wait_until(deadline)) {
    GST_WARNING("What an output was written to does not stop; it is left to itself.");
    return;
  }
  // What a server or client leaves to the pool when it ends it waits for, but not on a thread of
  // the pool: peers would still close when the program deinitialises GStreamer, which would hang.
  if (has_peers) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    SerialQueue::wait_idle(std::clamp(left, std::chrono::milliseconds(0), kLongestFarewell));
  }
}

// ---- what targets tell

void VideoOutput::fail_target(const Target& target, const std::string& message) {
  std::string uri;
  std::shared_ptr<Target> kept;
  std::shared_ptr<Routes> to;
  {
    const std::scoped_lock lock(mutex_);
    for (Slot& slot : slots_) {
      if (slot.target.get() != &target || slot.failed || slot.ended) continue;
      slot.failed = true;
      slot.error = message;
      uri = without_secrets(slot.location.text);
      kept = slot.target;
    }
    to = routes_;
  }
  changed_.notify_all();
  if (!kept) return;
  GST_WARNING("%s: %s", name_of(kept->location()).c_str(), message.c_str());
  if (to) {
    for (const auto& stream : streams_of(*to)) stream->remove(target);
  }
  // Not here, which may be a thread of the target's.
  queue_->post([kept] { kept->stop(); });
  reports_->post([listener = listener_, uri, message] {
    if (const auto told = listener.lock()) told->on_target_failed(uri, message);
  });
}

void VideoOutput::on_target_failed(Target& target, const std::string& message) {
  fail_target(target, message);
}

void VideoOutput::on_target_ended(Target& target) {
  {
    const std::scoped_lock lock(mutex_);
    for (Slot& slot : slots_) {
      if (slot.target.get() == &target) slot.ended = true;
    }
  }
  changed_.notify_all();
}

bool VideoOutput::on_key_frame_wanted(Target& target) {
  const auto to = routes();
  if (!to) return false;
  for (const auto& stream : streams_of(*to)) {
    if (stream->feeds(target)) return stream->request_key_frame();
  }
  return false;
}

// What has been encoded by then is kept.
void VideoOutput::on_stream_failed(EncodedStream& stream, const std::string& message) {
  stream.drain(std::chrono::steady_clock::now() + kLongestEnd / 2);
  for (const auto& target : stream.targets()) {
    stream.remove(*target);
    target->give_up(message);
  }
}

// ---- what is known of it

std::vector<std::string> VideoOutput::uris() const {
  check_process();
  std::vector<std::pair<std::string, std::shared_ptr<Target>>> all;
  {
    const std::scoped_lock lock(mutex_);
    for (const Slot& slot : slots_) all.emplace_back(slot.location.text, slot.target);
  }
  std::vector<std::string> uris;
  uris.reserve(all.size());
  for (const auto& [text, target] : all) uris.push_back(target ? target->uri() : text);
  return uris;
}

Ref<GstElement> VideoOutput::element(unsigned index) const {
  check_process();
  const std::scoped_lock lock(mutex_);
  if (index >= slots_.size() || !slots_[index].target) return {};
  return slots_[index].target->element();
}

}  // namespace webrtcserver
