// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/statistics.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include "server/session.hpp"

namespace webrtcserver {

namespace {

constexpr std::chrono::seconds kPatience{1};

// webrtcbin's answers, which may come after nobody waits any more.
class Answers {
 public:
  explicit Answers(std::size_t expected) : missing_(expected) {}

  void put(const std::string& session, Owned<GstStructure> answer) {
    const std::scoped_lock lock(mutex_);
    answers_[session] = std::move(answer);
    --missing_;
    changed_.notify_one();
  }

  std::map<std::string, Owned<GstStructure>> take() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [this] { return missing_ == 0; });
    return std::move(answers_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Owned<GstStructure>> answers_;  // guarded by mutex_
  std::size_t missing_;                                 // guarded by mutex_
};

struct Snapshot {
  std::string name;
  bool connected;
  std::vector<Session::TrackReport> tracks;
  std::shared_ptr<Peer> peer;
};

void set_structure(GstStructure* parent, const char* field, const Owned<GstStructure>& child) {
  gst_structure_set(parent, field, GST_TYPE_STRUCTURE, child.get(), nullptr);
}

Owned<GstStructure> describe(const Session::TrackReport& track) {
  return Owned<GstStructure>(
      gst_structure_new("application/x-webrtc-server-track", "codec", G_TYPE_STRING, track.codec,
                        "frames", G_TYPE_UINT64, track.sent.frames, "key-frames", G_TYPE_UINT64,
                        track.sent.key_frames, "bytes", G_TYPE_UINT64, track.sent.bytes,
                        "dropped-frames", G_TYPE_UINT64, track.sent.dropped_frames, nullptr));
}

}  // namespace

Owned<GstStructure> collect_statistics(const std::shared_ptr<Stream>& stream) {
  std::vector<Snapshot> snapshots;
  Owned<GstStructure> encoders(gst_structure_new_empty("encoders"));
  stream->loop().call([&] {
    for (const auto& session : stream->sessions()) {
      snapshots.push_back(
          {session->name(), session->connected(), session->report(), session->peer()});
    }
    for (const Stream::Offer& offer : stream->offers()) {
      for (const auto& [codec, encoder] : offer.encodings->running()) {
        if (encoder.empty()) continue;  // encoded input, or it is starting
        const std::string field = offer.encodings->name() + "-" + codec;
        gst_structure_set(encoders.get(), field.c_str(), G_TYPE_STRING, encoder.c_str(), nullptr);
      }
    }
  });
  const auto answers = std::make_shared<Answers>(snapshots.size());
  for (const Snapshot& snapshot : snapshots) {
    const auto put = [answers, name = snapshot.name](Owned<GstStructure> answer) {
      answers->put(name, std::move(answer));
    };
    if (snapshot.peer) {
      snapshot.peer->get_statistics(put);
    } else {
      put(nullptr);
    }
  }
  auto answered = answers->take();
  Owned<GstStructure> sessions(gst_structure_new_empty("sessions"));
  for (const Snapshot& snapshot : snapshots) {
    Owned<GstStructure> tracks(gst_structure_new_empty("tracks"));
    for (const auto& track : snapshot.tracks)
      set_structure(tracks.get(), track.name.c_str(), describe(track));
    Owned<GstStructure> session(gst_structure_new("application/x-webrtc-server-session",
                                                  "connected", G_TYPE_BOOLEAN,
                                                  snapshot.connected ? TRUE : FALSE, nullptr));
    set_structure(session.get(), "tracks", tracks);
    if (answered[snapshot.name]) set_structure(session.get(), "webrtc", answered[snapshot.name]);
    set_structure(sessions.get(), snapshot.name.c_str(), session);
  }
  Owned<GstStructure> result(gst_structure_new("application/x-webrtc-server-stats", "viewers",
                                               G_TYPE_UINT, static_cast<guint>(snapshots.size()),
                                               nullptr));
  set_structure(result.get(), "encoders", encoders);
  set_structure(result.get(), "sessions", sessions);
  return result;
}

}  // namespace webrtcserver
