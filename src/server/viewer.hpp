// SPDX-License-Identifier: LGPL-2.1-or-later
// viewer.hpp — a session that watches an OutputStream. Server thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/encoding_set.hpp"
#include "server/output_stream.hpp"
#include "server/session.hpp"
#include "signalling/frame_note.hpp"

namespace webrtcserver {

class Viewer final : public Session {
 public:
  Viewer(const std::shared_ptr<OutputStream>& stream, std::unique_ptr<Channel> channel);

  const char* role() const override { return "view"; }

  bool watches(const EncodingSet* encodings, const Codec& codec) const;
  // Whether what it negotiated, if it has, is still there as `offers`.
  bool fits(const std::vector<OutputStream::Offer>& offers) const;
  // What the browser takes, and what was sent of it.
  struct TrackReport {
    std::string name;  // of the pad
    const char* codec;
    PeerFeed::Statistics sent;
  };
  std::vector<TrackReport> report() const;
  void count() override;
  // What is known of a frame, under the timestamp that this browser sees it with.
  void tell_frame(const FrameNote& note) const;

 private:
  struct Track {
    std::shared_ptr<EncodingSet> encodings;
    std::unique_ptr<EncodingSet::Lease> lease;  // null when the browser does not take this media
    const Codec* codec = nullptr;
    PeerFeed::Statistics counted;
  };

  std::vector<Peer::Media> media() override;
  void take_codecs(const std::vector<const Codec*>& codecs) override;
  void join() override;
  void leave() override;
  Traffic current_traffic() const override;
  void give_key_frame(unsigned media_index) override;

  const std::weak_ptr<OutputStream> stream_;
  std::vector<Track> tracks_;
};

}  // namespace webrtcserver
