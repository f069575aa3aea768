// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/publisher.hpp"

#include <algorithm>
#include <atomic>

namespace webrtcserver {

namespace {

// How soon a page hears that its picture has arrived. Ends with the first frame.
constexpr std::chrono::milliseconds kLookInterval{100};

unsigned next_number() {
  static std::atomic<unsigned> count{0};
  return ++count;
}

}  // namespace

Publisher::Publisher(const std::shared_ptr<InputStream>& stream, std::unique_ptr<Channel> channel,
                     unsigned slot)
    : Session(stream, std::move(channel)), stream_(stream), slot_(slot), number_(next_number()) {}

std::vector<Peer::Media> Publisher::media() {
  std::vector<Peer::Media> media;
  const auto stream = stream_.lock();
  if (!stream) return media;
  for (const InputStream::Input& input : stream->inputs(slot_)) {
    if (input.formats.empty()) continue;
    const auto index = static_cast<unsigned>(media.size());
    auto sink = input.decoding->open([weak = weak_from_this(), &thread = loop(), index] {
      thread.post([weak, index] {
        const auto session = std::static_pointer_cast<Publisher>(weak.lock());
        if (session && session->peer() && !session->is_closed())
          session->peer()->request_key_frame(index);
      });
    });
    tracks_.push_back({input.decoding, sink, nullptr, input.decoding->report()});
    media.push_back({input.decoding->kind(), input.decoding->name(), input.formats, sink});
  }
  return media;
}

void Publisher::configure(Peer::Settings& settings) const {
  if (const auto stream = stream_.lock())
    settings.jitter_buffer = stream->input_settings().jitter_buffer;
}

void Publisher::take_codecs(const std::vector<const Codec*>& codecs) {
  for (std::size_t i = 0; i < tracks_.size(); ++i) tracks_[i].codec = codecs[i];
}

void Publisher::join() {
  connected_at_ = std::chrono::steady_clock::now();
  look_ = loop().every(kLookInterval, [this] { return look_for_media(); });
}

bool Publisher::look_for_media() {
  const auto stream = stream_.lock();
  if (!stream) return false;
  const auto all = report();
  if (std::any_of(all.begin(), all.end(),
                  [](const TrackReport& track) { return track.received.frames > 0; })) {
    live_ = true;
    stream->update_state();
    tell_state();
    return false;
  }
  const auto limit = stream->input_settings().no_media_limit;
  const bool silent = std::all_of(
      all.begin(), all.end(), [](const TrackReport& track) { return track.received.packets == 0; });
  if (!warned_ && silent && std::chrono::steady_clock::now() - connected_at_ >= limit) {
    warned_ = true;
    const char* const message =
        stream->settings().remote
            ? "The server is connected, but nothing has arrived of its picture or sound: perhaps "
              "nobody publishes there."
            : "The browser is connected, but nothing has arrived of its picture or sound: its "
              "camera may be covered, muted or used by another program.";
    warn("no-media", message);
    stream->warn(name() + ": " + message);
  }
  return true;
}

void Publisher::count() {
  for (Track& track : tracks_) {
    const Decoding::Report now = track.decoding->report();
    if (!now.codec) continue;  // nothing has come yet
    const CounterFamily::Values media = {stream_name(), to_string(track.decoding->kind()),
                                         track.decoding->name(), now.codec->name};
    Decoding::Report& last = track.counted;
    metrics().received_packets.add(media, take_growth(last.packets, now.packets));
    metrics().received_bytes.add(media, take_growth(last.bytes, now.bytes));
    metrics().received_frames.add(media, take_growth(last.frames, now.frames));
    metrics().received_dropped_frames.add(media,
                                          take_growth(last.dropped_frames, now.dropped_frames));
  }
}

Session::Traffic Publisher::current_traffic() const {
  Traffic traffic;
  for (const Track& track : tracks_) {
    const Decoding::Report received = track.decoding->report();
    // The pad's numbers go on from one publisher to the next.
    traffic.packets += received.packets - std::min(received.packets, track.before.packets);
    traffic.bytes += received.bytes - std::min(received.bytes, track.before.bytes);
    if (track.decoding->kind() != MediaKind::kVideo) continue;
    traffic.frames += received.frames - std::min(received.frames, track.before.frames);
    traffic.dropped_frames +=
        received.dropped_frames - std::min(received.dropped_frames, track.before.dropped_frames);
  }
  return traffic;
}

void Publisher::leave() {
  look_.cancel();
  live_ = false;
  for (const Track& track : tracks_) track.decoding->close(track.sink);
  tracks_.clear();
}

StreamState Publisher::state() const {
  const auto stream = stream_.lock();
  const StreamState all = stream ? stream->state() : StreamState::kWaiting;
  if (all == StreamState::kPaused || all == StreamState::kError) return all;
  return live_ ? StreamState::kLive : StreamState::kWaiting;
}

bool Publisher::feeds(const Decoding* decoding) const {
  return std::any_of(tracks_.begin(), tracks_.end(),
                     [&](const Track& track) { return track.decoding.get() == decoding; });
}

bool Publisher::fits(const std::vector<InputStream::Input>& inputs) const {
  if (!peer()) return true;
  std::vector<const InputStream::Input*> offered;
  for (const auto& input : inputs) {
    if (!input.formats.empty()) offered.push_back(&input);
  }
  return std::equal(
      tracks_.begin(), tracks_.end(), offered.begin(), offered.end(),
      [](const Track& track, const InputStream::Input* input) {
        return track.decoding == input->decoding &&
               (!track.codec ||
                std::any_of(input->formats.begin(), input->formats.end(),
                            [&](const Format& format) { return format.codec == track.codec; }));
      });
}

std::vector<Publisher::TrackReport> Publisher::report() const {
  std::vector<TrackReport> report;
  for (const Track& track : tracks_)
    report.push_back({track.decoding->name(), track.decoding->report()});
  return report;
}

}  // namespace webrtcserver
