// SPDX-License-Identifier: LGPL-2.1-or-later
// recorders.hpp — a sink and a listener that write down what they are told, and can be waited for.
// Usable on any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "codec/encoding_set.hpp"
#include "codec/rtp_sink.hpp"
#include "support/patience.hpp"

namespace webrtcserver::testing {

inline constexpr auto kDeadline = test::kPatience;

class Recorder {
 public:
  // True as soon as `condition` holds; false when it does not within the deadline.
  template <typename Condition>
  bool wait_until(Condition&& condition, std::chrono::milliseconds deadline = kDeadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, std::forward<Condition>(condition));
  }

 protected:
  template <typename Change>
  void record(Change&& change) {
    {
      const std::scoped_lock lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

  mutable std::mutex mutex_;

 private:
  std::condition_variable changed_;
};

class RecordingSink : public RtpSink, public Recorder {
 public:
  void push(const RtpFramePtr& frame) override {
    record([&] { frames_.push_back(frame); });
  }
  void replay(const std::vector<RtpFramePtr>& frames) override {
    record([&] {
      ++replays_;
      replayed_ = frames.size();
      frames_.insert(frames_.end(), frames.begin(), frames.end());
    });
  }

  std::vector<RtpFramePtr> frames() const {
    const std::scoped_lock lock(mutex_);
    return frames_;
  }
  int replays() const {
    const std::scoped_lock lock(mutex_);
    return replays_;
  }
  std::size_t replayed() const {
    const std::scoped_lock lock(mutex_);
    return replayed_;
  }
  bool wait_for_frames(std::size_t count) {
    return wait_until([&] { return frames_.size() >= count; });
  }
  // Returns early when they come; for loops that push meanwhile.
  bool wait_briefly_for_frames(std::size_t count) {
    return wait_until([&] { return frames_.size() >= count; }, std::chrono::milliseconds(2));
  }
  bool wait_for_time(GstClockTime time) {
    return wait_until([&] { return !frames_.empty() && frames_.back()->time >= time; });
  }

 private:
  std::vector<RtpFramePtr> frames_;  // guarded by mutex_
  int replays_ = 0;                  // guarded by mutex_
  std::size_t replayed_ = 0;         // guarded by mutex_
};

class RecordingListener : public EncodingSet::Listener,
                          public Recorder,
                          public std::enable_shared_from_this<RecordingListener> {
 public:
  RecordingListener() { g_weak_ref_init(&newest_encoder_, nullptr); }
  ~RecordingListener() override { g_weak_ref_clear(&newest_encoder_); }

  void on_formats_changed() override {
    record([&] { ++formats_changes_; });
  }
  void on_upstream_key_frame_wanted() override {
    record([&] { ++key_frames_wanted_; });
  }
  void on_encoder_created(const std::string& session, GstElement* encoder) override {
    record([&] {
      sessions_.push_back(session);
      encoders_.emplace_back(GST_OBJECT_NAME(gst_element_get_factory(encoder)));
      g_weak_ref_set(&newest_encoder_, encoder);
    });
    watch(encoder);
  }
  void on_payloader_created(const std::string& /*session*/, GstElement* payloader) override {
    record([&] { payloaders_.emplace_back(GST_OBJECT_NAME(gst_element_get_factory(payloader))); });
    watch(payloader);
  }
  void on_encoding_failed(const Codec& codec, const std::string& message) override {
    record([&] { failures_.push_back(std::string(codec.name) + ": " + message); });
  }
  void on_encoder_replaced(const Codec& codec, const std::string& message) override {
    record([&] { replacements_.push_back(std::string(codec.name) + ": " + message); });
  }

  gint64 number_of_newest_encoder(const char* property) {
    const auto encoder =
        Ref<GObject>::adopt(static_cast<GObject*>(g_weak_ref_get(&newest_encoder_)));
    if (!encoder) return -1;
    GValue value = G_VALUE_INIT;
    GValue number = G_VALUE_INIT;
    g_value_init(&number, G_TYPE_INT64);
    g_object_get_property(encoder.get(), property, &value);
    g_value_transform(&value, &number);
    return g_value_get_int64(&number);
  }

  int formats_changes() const { return get(formats_changes_); }
  int key_frames_wanted() const { return get(key_frames_wanted_); }
  std::vector<std::string> sessions() const { return get(sessions_); }
  std::vector<std::string> encoders() const { return get(encoders_); }
  std::vector<std::string> payloaders() const { return get(payloaders_); }
  std::vector<std::string> failures() const { return get(failures_); }
  std::vector<std::string> replacements() const { return get(replacements_); }

  bool wait_for_failure() {
    return wait_until([&] { return !failures_.empty(); });
  }
  bool wait_for_replacement() {
    return wait_until([&] { return !replacements_.empty(); });
  }
  bool wait_for_formats_changes(int count) {
    return wait_until([&] { return formats_changes_ >= count; });
  }
  bool wait_for_key_frame_request() {
    return wait_until([&] { return key_frames_wanted_ > 0; });
  }
  // Every encoder and payloader there was has been destroyed, and its pipeline with it.
  bool wait_until_pipelines_are_gone() {
    return wait_until([&] { return alive_ == 0; });
  }

 private:
  template <typename Value>
  Value get(const Value& value) const {
    const std::scoped_lock lock(mutex_);
    return value;
  }
  void watch(GstElement* element) {
    record([&] { ++alive_; });
    auto self = std::make_unique<std::weak_ptr<RecordingListener>>(weak_from_this());
    g_object_weak_ref(
        G_OBJECT(element),
        [](gpointer data, GObject* /*gone*/) {
          const std::unique_ptr<std::weak_ptr<RecordingListener>> weak(
              static_cast<std::weak_ptr<RecordingListener>*>(data));
          if (const auto listener = weak->lock()) listener->record([&] { --listener->alive_; });
        },
        self.release());
  }

  int formats_changes_ = 0;                // guarded by mutex_
  int key_frames_wanted_ = 0;              // guarded by mutex_
  std::vector<std::string> sessions_;      // guarded by mutex_
  std::vector<std::string> encoders_;      // guarded by mutex_
  std::vector<std::string> payloaders_;    // guarded by mutex_
  std::vector<std::string> failures_;      // guarded by mutex_
  std::vector<std::string> replacements_;  // guarded by mutex_
  GWeakRef newest_encoder_;
  int alive_ = 0;  // guarded by mutex_
};

}  // namespace webrtcserver::testing
