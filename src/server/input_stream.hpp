// SPDX-License-Identifier: LGPL-2.1-or-later
// input_stream.hpp — a stream from browsers: who publishes, and where it goes. Server thread.
//
// Each publisher has a slot, and a slot has one Decoding for each pad. The slots come and go with
// the element's pads, not with publishers: one that leaves and returns finds the same.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/decoding.hpp"
#include "server/stream.hpp"

namespace webrtcserver {

class Publisher;

class InputStream final : public Stream {
 public:
  class Observer : public Stream::Observer {
   public:
    // A publisher has come for whose slot set_inputs() has not been called yet.
    virtual void on_slot_wanted(unsigned slot) = 0;
    // Nobody has published since the stream plays; once a second.
    virtual void on_waiting(unsigned seconds) = 0;
    // The last publisher has been gone for Settings::idle_limit. Once.
    virtual void on_idle() = 0;
    // Something a user should hear of: a publisher without media.
    void on_warning(const std::string& message) override = 0;
  };

  enum class SecondPublisher { kReject, kReplace };

  struct Settings : Stream::Settings {
    Settings() { max_sessions = 1; }

    SecondPublisher on_second = SecondPublisher::kReject;
    std::chrono::milliseconds jitter_buffer{200};
    // How long a connected publisher may send nothing before it is told so.
    std::chrono::milliseconds no_media_limit{5'000};
    std::chrono::milliseconds waiting_interval{1'000};
    std::optional<std::chrono::milliseconds> idle_limit;
  };

  // One pad, and what a browser may send to it. Without formats it is not offered: the pad is not
  // linked, or what it is linked with takes nothing that a browser has.
  struct Input {
    std::shared_ptr<Decoding> decoding;
    std::vector<Format> formats;
  };

  InputStream(LoopThread& loop, const Settings& settings, std::weak_ptr<Observer> observer,
              std::function<void()> on_changed);
  ~InputStream() override;

  // The pads of a slot, in the order of the m-lines. A publisher that has negotiated something
  // else comes again.
  void set_inputs(unsigned slot, std::vector<Input> inputs);
  // The pipeline takes nothing any more, until it starts again with another stream.
  void fail(const std::string& message);
  // What comes for a pad cannot be decoded.
  void report_bad_media(const Decoding* decoding, const std::string& message);

  Direction direction() const override { return Direction::kReceive; }
  StreamState state() const override;
  const std::string& error() const override { return error_; }
  void end(std::string_view reason, std::string_view message) override;
  bool turns_away() const override { return false; }
  void admit(std::unique_ptr<Channel> channel) override;
  void remove(const Session& session) override;

  // For publishers.
  const Settings& input_settings() const { return settings_; }
  const std::vector<Input>& inputs(unsigned slot) const { return slots_[slot].inputs; }
  // Media comes, or a publisher has it no longer.
  void update_state();
  void warn(const std::string& message);

  std::vector<std::shared_ptr<Publisher>> publishers() const;
  // Every pad's, of every slot.
  std::vector<std::shared_ptr<Decoding>> decodings() const;

 private:
  struct Slot {
    bool known = false;  // set_inputs() has been called
    std::vector<Input> inputs;
  };

  unsigned free_slot() const;
  void on_paused_changed() override;
  void describe_media(JsonWriter& json) const override;
  std::vector<const char*> flags() const override;

  const Settings settings_;
  const std::weak_ptr<Observer> observer_;
  std::string error_;  // of the pipeline
  std::vector<Slot> slots_;
  Timer waiting_;
  unsigned waited_ = 0;  // intervals
  bool published_ = false;
  Timer idle_;
};

}  // namespace webrtcserver
