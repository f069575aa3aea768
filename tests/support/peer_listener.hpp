// SPDX-License-Identifier: LGPL-2.1-or-later
// peer_listener.hpp — remembers what a Peer reports, and waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rtc/peer.hpp"

namespace webrtcserver::test {

class PeerListener final : public Peer::Listener {
 public:
  struct Failure {
    Peer::Failure failure;
    std::string message;
  };

  struct Seen {
    unsigned created = 0;
    unsigned closing = 0;
    int alive = 0;  // GObjects of the peer
    std::string offer;
    std::vector<std::string> candidates;
    bool gathered = false;
    bool closed = false;
    std::vector<const Codec*> negotiated;
    bool connected = false;
    std::vector<Failure> failures;
    std::vector<unsigned> key_frames;  // of which media
    std::vector<DataChannel::Message> messages;
  };

  using CandidateHandler = std::function<void(unsigned media_index, const std::string& candidate)>;

  void set_candidate_handler(CandidateHandler handler);

  Seen seen() const;
  // Waits until `condition`, or returns false after kPatience.
  bool wait(const std::function<bool(const Seen&)>& condition);
  // Closes the peer and waits for it.
  static void close(Peer& peer);

  void on_created(GstElement* webrtcbin) override;
  void on_closing(GstElement* webrtcbin) override;
  void on_description(const std::string& sdp) override;
  void on_candidate(unsigned media_index, const std::string& candidate) override;
  void on_gathered() override;
  void on_closed() override;
  void on_negotiated(const std::vector<const Codec*>& codecs) override;
  void on_connected() override;
  void on_failed(Peer::Failure failure, const std::string& message) override;
  void on_key_frame_wanted(unsigned media_index) override;
  void on_message(const DataChannel::Message& message) override;

 private:
  // Outlives the listener in the weak references of what it watches.
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    Seen seen;  // guarded by mutex
  };

  template <typename Change>
  void change(Change&& change);
  void watch(gpointer object);

  const std::shared_ptr<State> state_ = std::make_shared<State>();
  CandidateHandler candidate_handler_;
};

}  // namespace webrtcserver::test
