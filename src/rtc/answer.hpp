// SPDX-License-Identifier: LGPL-2.1-or-later
// answer.hpp — what a browser answered to our offer.
// Pure functions; usable on any thread.
//
// webrtcbin never sees a browser's own words: read_answer() takes out what is needed and checks it,
// and canonical_answer() writes a description that holds nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.hpp"
#include "rtc/fingerprint.hpp"
#include "rtc/offer.hpp"

namespace webrtcserver {

struct AnsweredMedia {
  bool accepted = false;
  // Into OfferedMedia::codecs of the same m-line: the first in our order that the browser has too.
  std::size_t codec = 0;
  bool retransmission = false;
  std::optional<int> playout_delay_id;  // header extension id, when the browser takes it
};

struct Answer {
  std::vector<AnsweredMedia> media;  // one for each m-line of the offer
  unsigned transport = 0;            // the m-line whose transport carries all of them
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string setup;  // "active" or "passive"
  std::vector<Fingerprint> fingerprints;
  std::vector<std::string> candidates;  // "candidate:…", unchecked
};

// Throws Error(kProtocol) that says what is wrong with it, or Error(kNoCommonCodec) when the
// browser takes nothing of what was offered.
Answer read_answer(std::string_view text, const GstSDPMessage* offer,
                   const std::vector<OfferedMedia>& media);

Owned<GstSDPMessage> canonical_answer(const Answer& answer, const GstSDPMessage* offer,
                                      const std::vector<OfferedMedia>& media);

}  // namespace webrtcserver
