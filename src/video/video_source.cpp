// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/video_source.hpp"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "base/guard.hpp"
#include "base/log.hpp"
#include "video/capture_device.hpp"
#include "video/device_writer.hpp"
#include "video/frame_copy.hpp"
#include "video/input_error.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::video())

namespace webrtcserver {

namespace {

using namespace std::chrono_literals;

constexpr auto kOpening = 30s;  // for servers elsewhere; they have limits of their own below it
constexpr auto kReading = 5ms;  // until a device is asked again what it has read
constexpr GstClockTime kUsualDuration = GST_SECOND / 30;

FrameQueue::Deadline deadline_of(int timeout_ms) {
  if (timeout_ms < 0) return {};
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
}

GstClockTime now() {
  return static_cast<GstClockTime>(g_get_monotonic_time()) * GST_USECOND;
}

GstClockTime duration_of(GstSample* frame) {
  const GstClockTime told = GST_BUFFER_DURATION(gst_sample_get_buffer(frame));
  if (GST_CLOCK_TIME_IS_VALID(told)) return told;
  int numerator = 0;
  int denominator = 0;
  const GstCaps* caps = gst_sample_get_caps(frame);
  if (caps &&
      gst_structure_get_fraction(gst_caps_get_structure(caps, 0), "framerate", &numerator,
                                 &denominator) &&
      numerator > 0)
    return gst_util_uint64_scale_int(GST_SECOND, denominator, numerator);
  return kUsualDuration;
}

}  // namespace

VideoSource::VideoSource(Location input, const VideoOptions& options)
    : input_(std::move(input)),
      options_(options),
      traits_(traits_of(input_.kind)),
      frames_(options.num_frames),
      rounds_(options.input_loop) {}

std::shared_ptr<VideoSource> VideoSource::create(const std::string& uri,
                                                 const VideoOptions& options) {
  Location input = Location::parse(uri, LocationUse::kInput);
  check_input(input, options);
  std::shared_ptr<VideoSource> source(new VideoSource(std::move(input), options));
  source->make_recorder();
  return source;
}

void VideoSource::make_recorder() {
  if (options_.input_save.empty()) return;
  VideoOptions options;
  options.wait = !traits_.live;
  recorder_ = VideoOutput::create({options_.input_save}, options, weak_from_this());
  recording_ = true;
}

// This may be one of the pipeline's own threads, which cannot wait for themselves.
VideoSource::~VideoSource() {
  if (!pipeline_) return;
  frames_.close();
  queue_->post([pipeline = std::move(pipeline_), recorder = std::move(recorder_)] {
    pipeline->stop();
    guard("ending input-save", [&] {
      if (recorder) recorder->close();
    });
  });
}

void VideoSource::release(std::shared_ptr<VideoSource> source) {
  if (getpid() == source->process_) return source->close();
  static auto& abandoned = *new std::vector<std::shared_ptr<VideoSource>>;
  abandoned.push_back(std::move(source));
}

void VideoSource::check_process() const {
  if (getpid() == process_) return;
  throw Error(ErrorCode::kClosed,
              "The input " + shown(input_) +
                  " belongs to the process that opened it; a child process makes one of its own.");
}

void VideoSource::start(const ApplicationPixels* target) {
  const std::scoped_lock changing(changing_);
  if (opened_ || closed_) return;
  opened_ = true;
  if (target) cuda_ = cuda_context_for(*target);
  try {
    auto pipeline = InputPipeline::create(input_, options_, weak_from_this(), cuda_);
    {
      const std::scoped_lock lock(mutex_);
      pipeline_ = pipeline;
      opened_at_ = now();
    }
    pipeline->start();
  } catch (const Error& error) {
    frames_.fail(std::make_exception_ptr(error));
    stop_later();
  }
}

void VideoSource::open() {
  check_process();
  start();
  const auto limit = traits_.shows_late
                         ? FrameQueue::Deadline(std::chrono::steady_clock::now() + kOpening)
                         : FrameQueue::Deadline(std::chrono::steady_clock::now());
  if (frames_.wait_for_frame(limit) || !traits_.shows_late) return;
  throw Error(ErrorCode::kFailed, "Nothing has come from " + shown(input_) + " within " +
                                      std::to_string(kOpening.count()) + " seconds.");
}

Ref<GstSample> VideoSource::take_kept() {
  const std::scoped_lock lock(mutex_);
  if (kept_.empty()) return {};
  auto frame = std::move(kept_.front());
  kept_.pop_front();
  return frame;
}

// Those of a decoder's few that a device has read by now. Whether it has not read others yet.
bool VideoSource::give_back_frames() {
  return guard("frames on a device", false, [] { return DeviceWriter::get().reader().let_go(); });
}

// A decoder all of whose pictures a device still reads waits for one of them, and nobody else would
// give it back meanwhile.
Ref<GstSample> VideoSource::next_frame(FrameQueue::Deadline deadline) {
  while (give_back_frames()) {
    const auto soon = std::chrono::steady_clock::now() + kReading;
    if (deadline && *deadline <= soon) break;
    auto frame = frames_.pop(soon);
    if (frame || !frames_.is_open()) return frame;
  }
  return frames_.pop(deadline);
}

Ref<GstSample> VideoSource::capture(int timeout_ms) {
  return take_frame(timeout_ms, nullptr);
}

Ref<GstSample> VideoSource::take_frame(int timeout_ms, const ApplicationPixels* target) {
  check_process();
  give_back_frames();
  if (auto kept = take_kept()) return kept;
  const auto deadline = deadline_of(timeout_ms);
  start(target);
  auto frame = next_frame(deadline);
  if (!frames_.is_open()) stop_later();
  return frame;
}

bool VideoSource::capture_into(ApplicationPixels& target, int timeout_ms) {
  auto frame = take_frame(timeout_ms, &target);
  if (!frame) return false;
  try {
    copy_frame(frame.get(), target);
  } catch (const Error&) {
    const std::scoped_lock lock(mutex_);
    if (keeps_) kept_.push_front(std::move(frame));
    throw;
  }
  return true;
}

void VideoSource::close() {
  if (getpid() != process_) return;
  frames_.close();
  {
    const std::scoped_lock lock(mutex_);
    kept_.clear();
    keeps_ = false;
  }
  const std::scoped_lock changing(changing_);
  closed_ = true;
  stop_pipeline();
}

void VideoSource::stop_pipeline() {
  std::shared_ptr<InputPipeline> pipeline;
  {
    const std::scoped_lock lock(mutex_);
    pipeline = std::exchange(pipeline_, nullptr);
  }
  if (pipeline) pipeline->stop();
  // The last frame's memory is of a decoder that has gone.
  give_back_frames();
  end_recording();
}

void VideoSource::end_recording() {
  recording_ = false;
  if (!recorder_) return;
  try {
    recorder_->close();  // once it is, this does nothing
  } catch (const Error& error) {
    on_target_failed(options_.input_save, error.what());
  }
}

// Ports and devices are free again when the end is known, without waiting for close(). Not here,
// which may be on one of the pipeline's own threads. What is queued can still be captured.
void VideoSource::stop_later() {
  if (!element()) return;
  queue_->post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    const std::scoped_lock changing(self->changing_);
    self->stop_pipeline();
  });
}

void VideoSource::begin_again() {
  const std::scoped_lock changing(changing_);
  if (closed_ || !frames_.is_open()) return;
  std::shared_ptr<InputPipeline> last;
  {
    const std::scoped_lock lock(mutex_);
    last = std::exchange(pipeline_, nullptr);
    begin_ = end_;
  }
  if (last) last->stop();
  end_recording();
  try {
    auto pipeline = InputPipeline::create(input_, options_, weak_from_this(), cuda_);
    {
      const std::scoped_lock lock(mutex_);
      pipeline_ = pipeline;
    }
    pipeline->start();
  } catch (const Error& error) {
    frames_.fail(std::make_exception_ptr(error));
    stop_later();
  }
}

FrameQueue::Succession VideoSource::succession_of(GstSample* frame) const {
  if (!traits_.live) return FrameQueue::Succession::kWait;
  const std::string_view type =
      gst_structure_get_name(gst_caps_get_structure(gst_sample_get_caps(frame), 0));
  return type == "video/x-raw" || type == "image/jpeg" ? FrameQueue::Succession::kFree
                                                       : FrameQueue::Succession::kDependent;
}

Ref<GstSample> VideoSource::note(Ref<GstSample> frame) {
  GstBuffer* buffer = gst_sample_get_buffer(frame.get());
  const std::scoped_lock lock(mutex_);
  ++frames_seen_;
  if (gst_sample_get_caps(frame.get()) != caps_.get())
    caps_ = Ref<GstCaps>::retain(gst_sample_get_caps(frame.get()));
  // Something that was read without times: live pictures are of now, others follow one another.
  if (!GST_BUFFER_PTS_IS_VALID(buffer)) {
    GST_BUFFER_PTS(buffer) = traits_.live ? now() - opened_at_ : end_;
  } else {
    GST_BUFFER_PTS(buffer) += begin_;
    if (GST_BUFFER_DTS_IS_VALID(buffer)) GST_BUFFER_DTS(buffer) += begin_;
  }
  end_ = std::max(end_, GST_BUFFER_PTS(buffer) + duration_of(frame.get()));
  return frame;
}

InputPipeline::Listener::Wish VideoSource::on_frame(Ref<GstSample> frame) {
  const auto succession = succession_of(frame.get());
  if (!frames_.push(note(std::move(frame)), succession)) return Wish::kNothing;
  return frames_.take_key_frame_wish() ? Wish::kKeyFrame : Wish::kMore;
}

void VideoSource::on_read(Ref<GstSample> sample) {
  if (!recording_) return;
  try {
    recorder_->render(sample.get());
  } catch (const Error& error) {
    if (recording_.exchange(false)) on_target_failed(options_.input_save, error.what());
  }
}

// What is read goes on: it is what the application has asked for first.
void VideoSource::on_target_failed(const std::string& /*uri*/, const std::string& message) {
  recording_ = false;
  GST_WARNING("input-save: %s", message.c_str());
  const std::scoped_lock lock(mutex_);
  if (save_error_.empty()) save_error_ = message;
}

void VideoSource::on_end() {
  recording_ = false;
  bool again = false;
  {
    const std::scoped_lock lock(mutex_);
    again = rounds_ != 0;
    if (rounds_ > 0) --rounds_;
  }
  if (!again) return frames_.end();
  queue_->post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->begin_again();
  });
}

void VideoSource::on_error(const Error& error) {
  stop_later();  // first: who hears of the failure finds that the end has begun
  frames_.fail(std::make_exception_ptr(error));
}

bool VideoSource::is_streaming() const {
  if (getpid() != process_) return false;
  {
    const std::scoped_lock lock(mutex_);
    if (!kept_.empty()) return true;
  }
  return frames_.is_open();
}

bool VideoSource::is_live() const {
  return traits_.live;
}

Ref<GstCaps> VideoSource::caps() const {
  if (getpid() != process_) return nullptr;
  const std::scoped_lock lock(mutex_);
  return caps_;
}

Ref<GstElement> VideoSource::element() const {
  if (getpid() != process_) return nullptr;
  const std::scoped_lock lock(mutex_);
  return pipeline_ ? pipeline_->handle() : nullptr;
}

Owned<GstStructure> VideoSource::stats() const {
  if (getpid() != process_)
    return Owned<GstStructure>(gst_structure_new_empty("video-source-stats"));
  const auto counts = frames_.counts();
  const std::scoped_lock lock(mutex_);
  Owned<GstStructure> stats(gst_structure_new(
      "video-source-stats", "frames", G_TYPE_UINT64, counts.taken, "dropped", G_TYPE_UINT64,
      counts.dropped, "live", G_TYPE_BOOLEAN, traits_.live, nullptr));
  int width = 0;
  int height = 0;
  int numerator = 0;
  int denominator = 1;
  if (caps_) {
    const GstStructure* structure = gst_caps_get_structure(caps_.get(), 0);
    gst_structure_get_int(structure, "width", &width);
    gst_structure_get_int(structure, "height", &height);
    gst_structure_get_fraction(structure, "framerate", &numerator, &denominator);
  }
  const double told = denominator > 0 ? static_cast<double>(numerator) / denominator : 0;
  // The rate of what comes, where the caps do not tell.
  const double measured =
      end_ > 0 ? static_cast<double>(frames_seen_) * GST_SECOND / static_cast<double>(end_) : 0;
  gst_structure_set(stats.get(), "width", G_TYPE_INT, width, "height", G_TYPE_INT, height,
                    "framerate", G_TYPE_DOUBLE, told > 0 ? told : measured, nullptr);
  if (!save_error_.empty())
    gst_structure_set(stats.get(), "save-error", G_TYPE_STRING, save_error_.c_str(), nullptr);
  return stats;
}

}  // namespace webrtcserver
