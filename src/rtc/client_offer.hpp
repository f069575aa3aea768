// SPDX-License-Identifier: LGPL-2.1-or-later
// client_offer.hpp — the offer of a client that makes the first step (WHIP, WHEP), turned round.
// Pure functions; usable on any thread.
//
// A webrtcbin of ours always offers: what it does then is what is tested most, and it never sees a
// stranger's words. So a client's offer is read as an answer to an offer of ours that has the
// client's payload types and extension ids, and webrtcbin's offer is written down as the answer
// that the client waits for. That our webrtcbin believes to have begun shows only in ICE's roles,
// which Peer corrects.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.hpp"
#include "rtc/answer.hpp"
#include "rtc/ice_restart.hpp"
#include "rtc/offer.hpp"

namespace webrtcserver {

struct ClientOffer {
  // One of its m-lines.
  struct Line {
    std::string media;     // "video"
    std::string protocol;  // "UDP/TLS/RTP/SAVPF"
    std::vector<std::string> formats;
    std::vector<std::string> maps;    // of the formats: "96 opus/48000/2"
    std::string mid;                  // empty where it has none
    std::optional<std::size_t> ours;  // which of our media stands for it; none: it is rejected
    bool data_channel = false;        // it is the data channel, and taken
  };

  std::vector<OfferedMedia> media;  // ours, in our order, as the client could have been offered
  Answer answer;                    // the client's, to these
  std::vector<Line> lines;          // the client's, in its order
  std::map<int, std::string> fmtp;  // by payload type, in the client's words
};

// Throws Error(kProtocol) that says what is wrong with the offer, Error(kLimit) for more than one
// track of a kind, or Error(kNoCommonCodec) when the client can take or give nothing of `ours`.
ClientOffer read_client_offer(std::string_view text, const std::vector<OfferedMedia>& ours);

// Throws as read_client_offer() does for everything that needs no knowledge of a stream. The
// client's credentials.
IceCredentials check_client_offer(std::string_view text);

// For a webrtcbin that has none.
void reject_data_channel(ClientOffer& client);

// `offer`: webrtcbin's own for client.media, as write_codecs() left it.
std::string write_client_answer(const ClientOffer& client, const GstSDPMessage* offer);

}  // namespace webrtcserver
