// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/viewer.hpp"

#include <algorithm>

namespace webrtcserver {

Viewer::Viewer(const std::shared_ptr<OutputStream>& stream, std::unique_ptr<Channel> channel)
    : Session(stream, std::move(channel)), stream_(stream) {}

std::vector<Peer::Media> Viewer::media() {
  std::vector<Peer::Media> media;
  const auto stream = stream_.lock();
  if (!stream) return media;
  for (const OutputStream::Offer& offer : stream->offers()) {
    tracks_.push_back({offer.encodings, nullptr, nullptr, {}});
    media.push_back({offer.encodings->kind(), offer.encodings->name(), offer.formats});
  }
  return media;
}

bool Viewer::watches(const EncodingSet* encodings, const Codec& codec) const {
  for (const Track& track : tracks_) {
    if (track.encodings.get() == encodings && track.codec == &codec) return true;
  }
  return false;
}

bool Viewer::fits(const std::vector<OutputStream::Offer>& offers) const {
  const auto is_offered = [](const Track& track, const OutputStream::Offer& offer) {
    return track.encodings == offer.encodings &&
           (!track.codec ||
            std::any_of(offer.formats.begin(), offer.formats.end(),
                        [&](const Format& format) { return format.codec == track.codec; }));
  };
  return !peer() ||
         std::equal(tracks_.begin(), tracks_.end(), offers.begin(), offers.end(), is_offered);
}

std::vector<Viewer::TrackReport> Viewer::report() const {
  std::vector<TrackReport> report;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    const Track& track = tracks_[i];
    if (track.codec)
      report.push_back(
          {track.encodings->name(), track.codec->name, peer()->feeds()[i]->statistics()});
  }
  return report;
}

void Viewer::count() {
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    Track& track = tracks_[i];
    if (!track.codec) continue;
    const CounterFamily::Values media = {stream_name(), to_string(track.encodings->kind()),
                                         track.encodings->name(), track.codec->name};
    const PeerFeed::Statistics now = peer()->feeds()[i]->statistics();
    PeerFeed::Statistics& last = track.counted;
    metrics().sent_packets.add(media, take_growth(last.packets, now.packets));
    metrics().sent_bytes.add(media, take_growth(last.bytes, now.bytes));
    metrics().sent_frames.add(media, take_growth(last.frames, now.frames));
    metrics().sent_key_frames.add(media, take_growth(last.key_frames, now.key_frames));
    metrics().sent_dropped_frames.add(media, take_growth(last.dropped_frames, now.dropped_frames));
  }
}

Session::Traffic Viewer::current_traffic() const {
  Traffic traffic;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (!tracks_[i].codec) continue;
    const PeerFeed::Statistics sent = peer()->feeds()[i]->statistics();
    traffic.packets += sent.packets;
    traffic.bytes += sent.bytes;
    if (tracks_[i].codec->kind != MediaKind::kVideo) continue;
    traffic.frames += sent.frames;
    traffic.key_frames += sent.key_frames;
    traffic.dropped_frames += sent.dropped_frames;
  }
  return traffic;
}

void Viewer::tell_frame(const FrameNote& note) const {
  if (!connected()) return;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    const Track& track = tracks_[i];
    if (!track.lease || track.encodings->name() != note.media()) continue;
    if (const auto rtp = peer()->feeds()[i]->timestamp(note.time()))
      peer()->send_lossy(note.text(*rtp));
  }
}

void Viewer::take_codecs(const std::vector<const Codec*>& codecs) {
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    Track& track = tracks_[i];
    if (!codecs[i]) continue;
    track.codec = codecs[i];
    track.lease = track.encodings->acquire(*codecs[i], name());
    if (!track.lease) return end("restart", "The stream's codec changed.");
  }
}

void Viewer::join() {
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i].lease) tracks_[i].lease->join(peer()->feeds()[i]);
  }
}

void Viewer::leave() {
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i].lease) tracks_[i].lease->leave(peer()->feeds()[i].get());
  }
  tracks_.clear();
}

void Viewer::give_key_frame(unsigned media_index) {
  if (media_index < tracks_.size() && tracks_[media_index].lease)
    tracks_[media_index].lease->request_key_frame();
}

}  // namespace webrtcserver
