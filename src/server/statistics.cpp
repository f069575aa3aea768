// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/statistics.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include "server/publisher.hpp"
#include "server/viewer.hpp"

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
  Owned<GstStructure> tracks;
  std::shared_ptr<Peer> peer;
};

void set_structure(GstStructure* parent, const char* field, const Owned<GstStructure>& child) {
  gst_structure_set(parent, field, GST_TYPE_STRUCTURE, child.get(), nullptr);
}

Owned<GstStructure> describe(const Viewer::TrackReport& track) {
  return Owned<GstStructure>(
      gst_structure_new("application/x-webrtc-server-track", "codec", G_TYPE_STRING, track.codec,
                        "frames", G_TYPE_UINT64, track.sent.frames, "key-frames", G_TYPE_UINT64,
                        track.sent.key_frames, "bytes", G_TYPE_UINT64, track.sent.bytes,
                        "dropped-frames", G_TYPE_UINT64, track.sent.dropped_frames, nullptr));
}

Owned<GstStructure> describe(const Publisher::TrackReport& track) {
  const Decoding::Report& received = track.received;
  Owned<GstStructure> described(gst_structure_new(
      "application/x-webrtc-server-track", "packets", G_TYPE_UINT64, received.packets, "bytes",
      G_TYPE_UINT64, received.bytes, "frames", G_TYPE_UINT64, received.frames, "dropped-frames",
      G_TYPE_UINT64, received.dropped_frames, nullptr));
  if (received.codec) {
    gst_structure_set(described.get(), "codec", G_TYPE_STRING, received.codec->name, nullptr);
  }
  if (!received.decoder.empty()) {
    gst_structure_set(described.get(), "decoder", G_TYPE_STRING, received.decoder.c_str(), nullptr);
  }
  return described;
}

Owned<GstStructure> describe(const CandidateCounts& counts) {
  return Owned<GstStructure>(gst_structure_new(
      "application/x-webrtc-server-candidates", "host", G_TYPE_UINT, counts.host, "reflexive",
      G_TYPE_UINT, counts.reflexive, "relay", G_TYPE_UINT, counts.relay, "udp", G_TYPE_UINT,
      counts.udp, "tcp", G_TYPE_UINT, counts.tcp, "hidden", G_TYPE_UINT, counts.hidden, "left-out",
      G_TYPE_UINT, counts.left_out, nullptr));
}

Owned<GstStructure> describe(const IceJournal& ice) {
  const IceFacts facts = ice.facts();
  Owned<GstStructure> described(gst_structure_new_empty("application/x-webrtc-server-ice"));
  set_structure(described.get(), "local", describe(facts.local));
  set_structure(described.get(), "remote", describe(facts.remote));
  const std::string reason = ice.reason();
  if (!reason.empty())
    gst_structure_set(described.get(), "failure", G_TYPE_STRING, reason.c_str(), nullptr);
  return described;
}

template <typename Session>
Snapshot take_snapshot(const Session& session) {
  Owned<GstStructure> tracks(gst_structure_new_empty("tracks"));
  for (const auto& track : session.report())
    set_structure(tracks.get(), track.name.c_str(), describe(track));
  return {session.name(), session.connected(), std::move(tracks), session.peer()};
}

Owned<GstStructure> describe(const std::vector<Snapshot>& snapshots) {
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
    Owned<GstStructure> session(gst_structure_new("application/x-webrtc-server-session",
                                                  "connected", G_TYPE_BOOLEAN,
                                                  snapshot.connected ? TRUE : FALSE, nullptr));
    set_structure(session.get(), "tracks", snapshot.tracks);
    if (snapshot.peer) {
      gst_structure_set(session.get(), "data-channel", G_TYPE_BOOLEAN,
                        snapshot.peer->can_send() ? TRUE : FALSE, "dropped-messages", G_TYPE_UINT64,
                        snapshot.peer->dropped_messages(), nullptr);
      set_structure(session.get(), "ice", describe(snapshot.peer->ice()));
    }
    if (answered[snapshot.name]) set_structure(session.get(), "webrtc", answered[snapshot.name]);
    set_structure(sessions.get(), snapshot.name.c_str(), session);
  }
  return sessions;
}

Owned<GstStructure> make_statistics(const char* count_name, const std::vector<Snapshot>& snapshots,
                                    const std::map<std::string, std::uint64_t>& ice_failures) {
  Owned<GstStructure> result(gst_structure_new("application/x-webrtc-server-stats", count_name,
                                               G_TYPE_UINT, static_cast<guint>(snapshots.size()),
                                               nullptr));
  set_structure(result.get(), "sessions", describe(snapshots));
  Owned<GstStructure> failures(gst_structure_new_empty("ice-failures"));
  for (const auto& [reason, count] : ice_failures) {
    gst_structure_set(failures.get(), reason.c_str(), G_TYPE_UINT64, count, nullptr);
  }
  set_structure(result.get(), "ice-failures", failures);
  return result;
}

}  // namespace

Owned<GstStructure> collect_statistics(const std::shared_ptr<OutputStream>& stream) {
  std::vector<Snapshot> snapshots;
  std::map<std::string, std::uint64_t> ice_failures;
  Owned<GstStructure> encoders(gst_structure_new_empty("encoders"));
  Owned<GstStructure> downloads(gst_structure_new_empty("downloads"));
  stream->loop().call([&] {
    ice_failures = stream->ice_failures();
    for (const auto& viewer : stream->viewers()) snapshots.push_back(take_snapshot(*viewer));
    for (const OutputStream::Offer& offer : stream->offers()) {
      for (const auto& [codec, encoder] : offer.encodings->running()) {
        if (encoder.empty()) continue;  // encoded input, or it is starting
        const std::string field = offer.encodings->name() + "-" + codec;
        gst_structure_set(encoders.get(), field.c_str(), G_TYPE_STRING, encoder.c_str(), nullptr);
      }
      for (const auto& [codec, elements] : offer.encodings->downloads()) {
        const std::string field = offer.encodings->name() + "-" + codec;
        gst_structure_set(downloads.get(), field.c_str(), G_TYPE_STRING, elements.c_str(), nullptr);
      }
    }
  });
  auto result = make_statistics("viewers", snapshots, ice_failures);
  set_structure(result.get(), "encoders", encoders);
  set_structure(result.get(), "downloads", downloads);
  return result;
}

Owned<GstStructure> collect_statistics(const std::shared_ptr<InputStream>& stream) {
  std::vector<Snapshot> snapshots;
  std::map<std::string, std::uint64_t> ice_failures;
  stream->loop().call([&] {
    ice_failures = stream->ice_failures();
    for (const auto& publisher : stream->publishers())
      snapshots.push_back(take_snapshot(*publisher));
  });
  return make_statistics("publishers", snapshots, ice_failures);
}

}  // namespace webrtcserver
