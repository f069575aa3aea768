// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuzz/fuzz.hpp"
#include "rtc/ice.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const CandidateVerdict anywhere = judge_candidate(text, false);
  const CandidateVerdict here = judge_candidate(text, true);
  fuzz::require(
      (anywhere == CandidateVerdict::kMalformed) == (here == CandidateVerdict::kMalformed),
      "loopback makes no candidate malformed");
  fuzz::require(anywhere != CandidateVerdict::kUse || here == CandidateVerdict::kUse,
                "what may be used anywhere may be used on loopback");
  return 0;
}
