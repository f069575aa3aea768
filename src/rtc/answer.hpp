// SPDX-License-Identifier: LGPL-2.1-or-later
// answer.hpp — what a browser answered to our offer.
// Pure functions; usable on any thread.
//
// webrtcbin never sees a browser's own words: read_answer() takes out what is needed and checks it,
// and canonical_answer() writes a description that holds nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.hpp"
#include "rtc/media_line.hpp"
#include "rtc/offer.hpp"

namespace webrtcserver {

struct AnsweredCodec {
  std::size_t index;  // into OfferedMedia::codecs of the same m-line
  bool retransmission;

  bool operator==(const AnsweredCodec&) const = default;
};

struct AnsweredMedia {
  // Empty: the browser does not take part. Of what we send, the first in our order that it has too;
  // of what it sends, all that it may send, in its order.
  std::vector<AnsweredCodec> codecs;
  std::optional<int> playout_delay_id;  // header extension ids, when the browser takes them
  std::optional<int> transport_wide_id;
  std::vector<std::uint32_t> sources;  // the SSRCs that it announces; at most kMaxSources

  bool accepted() const { return !codecs.empty(); }
};

struct Answer : Transport {             // "active" or "passive"
  std::vector<AnsweredMedia> media;     // one for each m-line of the offer
  unsigned transport = 0;               // the m-line whose transport carries all of them
  std::vector<std::string> candidates;  // "candidate:…", unchecked
  bool data_channel = false;            // the browser takes the offered one
  std::uint64_t max_message = 0;        // bytes that it takes at once over it
};

// An answer without the data channel's m-line is taken as one that rejects it.
// Throws Error(kProtocol) that says what is wrong with it, or Error(kNoCommonCodec) when the
// browser takes nothing of what was offered.
Answer read_answer(std::string_view text, const GstSDPMessage* offer,
                   const std::vector<OfferedMedia>& media);

Owned<GstSDPMessage> canonical_answer(const Answer& answer, const GstSDPMessage* offer,
                                      const std::vector<OfferedMedia>& media);

}  // namespace webrtcserver
