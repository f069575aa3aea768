// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/fan_out.hpp"

#include <algorithm>
#include <utility>

namespace webrtcserver {

namespace {

// As long as one interval between requests: a joiner within it would not get a newer key frame
// anyway.
constexpr GstClockTime kShort = std::chrono::nanoseconds(KeyFrameRequests::kInterval).count();

}  // namespace

// One sink and how far it has come.
class FanOut::Viewer {
 public:
  enum class State { kWaitsForKeyFrame, kReplays, kLive, kGone };

  Viewer(std::shared_ptr<RtpSink> sink, State state) : sink_(std::move(sink)), state_(state) {}

  const RtpSink* sink() const { return sink_.get(); }

  void push(const RtpFramePtr& frame) {
    {
      const std::scoped_lock lock(mutex_);
      if (state_ == State::kGone) return;
      if (state_ == State::kWaitsForKeyFrame) {
        if (!frame->key_frame) return;
        state_ = State::kLive;
      }
      if (state_ == State::kReplays) {
        backlog_.push_back(frame);
        return;
      }
    }
    sink_->push(frame);
  }

  // On the joining thread. What the streaming thread pushes meanwhile waits in the backlog, so that
  // the order is kept without holding a lock while the sink is called.
  void replay(const std::vector<RtpFramePtr>& frames) {
    sink_->replay(frames);
    while (true) {
      std::vector<RtpFramePtr> missed;
      {
        const std::scoped_lock lock(mutex_);
        if (state_ == State::kGone) return;
        if (backlog_.empty()) {
          state_ = State::kLive;
          return;
        }
        missed.swap(backlog_);
      }
      for (const RtpFramePtr& frame : missed) sink_->push(frame);
    }
  }

  void leave() {
    const std::scoped_lock lock(mutex_);
    state_ = State::kGone;
    backlog_.clear();
  }

 private:
  const std::shared_ptr<RtpSink> sink_;
  std::mutex mutex_;
  State state_;                       // guarded by mutex_
  std::vector<RtpFramePtr> backlog_;  // guarded by mutex_
};

FanOut::FanOut(const Options& options, std::weak_ptr<Listener> listener, Now now)
    : has_key_frames_(options.has_key_frames),
      listener_(std::move(listener)),
      now_(std::move(now)),
      viewers_(std::make_shared<const Viewers>()),
      cache_(options.cache),
      requests_(options.source) {}

FanOut::~FanOut() = default;

void FanOut::push(const RtpFramePtr& frame) {
  std::shared_ptr<const Viewers> viewers;
  bool due = false;
  {
    const std::scoped_lock lock(mutex_);
    if (has_key_frames_) {
      cache_.push(frame);
      if (frame->key_frame) requests_.on_key_frame(now_());
      due = requests_.poll(now_());
    }
    viewers = viewers_;
  }
  for (const auto& viewer : *viewers) viewer->push(frame);
  ask_if(due);
}

void FanOut::join(std::shared_ptr<RtpSink> sink) {
  std::shared_ptr<Viewer> viewer;
  std::vector<RtpFramePtr> cached;
  bool due = false;
  {
    const std::scoped_lock lock(mutex_);
    auto state = Viewer::State::kLive;
    if (has_key_frames_) {
      // A group that has just begun is a better start than the next key frame, and costs the others
      // nothing. A source that may ignore requests is asked all the same: that is how it is learnt.
      const bool short_enough = !cache_.frames().empty() && cache_.duration() <= kShort;
      if (short_enough || requests_.source() != KeyFrameRequests::Source::kObeys)
        cached = cache_.frames();
      state = cached.empty() ? Viewer::State::kWaitsForKeyFrame : Viewer::State::kReplays;
      if (!short_enough) due = requests_.request(now_());
    }
    viewer = std::make_shared<Viewer>(std::move(sink), state);
    auto viewers = std::make_shared<Viewers>(*viewers_);
    viewers->push_back(viewer);
    viewers_ = std::move(viewers);
  }
  if (!cached.empty()) viewer->replay(cached);
  ask_if(due);
}

void FanOut::leave(const RtpSink* sink) {
  std::shared_ptr<Viewer> gone;  // destroyed behind the lock, since the sink may go with it
  {
    const std::scoped_lock lock(mutex_);
    auto viewers = std::make_shared<Viewers>(*viewers_);
    const auto found = std::find_if(viewers->begin(), viewers->end(),
                                    [sink](const auto& viewer) { return viewer->sink() == sink; });
    if (found == viewers->end()) return;
    gone = *found;
    viewers->erase(found);
    viewers_ = std::move(viewers);
  }
  gone->leave();
}

void FanOut::request_key_frame() {
  bool due = false;
  {
    const std::scoped_lock lock(mutex_);
    due = has_key_frames_ && requests_.request(now_());
  }
  ask_if(due);
}

void FanOut::poll() {
  bool due = false;
  {
    const std::scoped_lock lock(mutex_);
    due = has_key_frames_ && requests_.poll(now_());
  }
  ask_if(due);
}

void FanOut::restart() {
  const std::scoped_lock lock(mutex_);
  cache_.clear();
  requests_.restart();
}

std::size_t FanOut::size() const {
  const std::scoped_lock lock(mutex_);
  return viewers_->size();
}

void FanOut::ask_if(bool due) {
  if (!due) return;
  if (const auto listener = listener_.lock()) listener->on_key_frame_wanted();
}

}  // namespace webrtcserver
