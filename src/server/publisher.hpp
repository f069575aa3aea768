// SPDX-License-Identifier: LGPL-2.1-or-later
// publisher.hpp — a session that sends to an InputStream. Server thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/input_stream.hpp"
#include "server/session.hpp"

namespace webrtcserver {

class Publisher final : public Session {
 public:
  Publisher(const std::shared_ptr<InputStream>& stream, std::unique_ptr<Channel> channel,
            unsigned slot);

  const char* role() const override { return "publish"; }
  unsigned slot() const { return slot_; }
  unsigned number() const { return number_; }  // grows from one to the next

  bool is_live() const { return live_; }  // media has come
  bool feeds(const Decoding* decoding) const;
  // Whether what it negotiated, if it has, still is what the pads take.
  bool fits(const std::vector<InputStream::Input>& inputs) const;

  struct TrackReport {
    std::string name;  // of the pad
    Decoding::Report received;
  };
  std::vector<TrackReport> report() const;
  void count() override;

 private:
  struct Track {
    std::shared_ptr<Decoding> decoding;
    std::shared_ptr<PacketSink> sink;
    const Codec* codec = nullptr;  // null where the browser does not send this media
    Decoding::Report counted;
    Decoding::Report before = counted;  // it came
  };

  std::vector<Peer::Media> media() override;
  void configure(Peer::Settings& settings) const override;
  void take_codecs(const std::vector<const Codec*>& codecs) override;
  void join() override;
  void leave() override;
  Traffic current_traffic() const override;
  StreamState state() const override;

  bool look_for_media();

  const std::weak_ptr<InputStream> stream_;
  const unsigned slot_;
  const unsigned number_;
  std::vector<Track> tracks_;
  Timer look_;
  std::chrono::steady_clock::time_point connected_at_;
  bool warned_ = false;
  bool live_ = false;
};

}  // namespace webrtcserver
