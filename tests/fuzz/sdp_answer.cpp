// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/error.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/media.hpp"
#include "rtc/answer.hpp"
#include "rtc/sdp.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::init_gstreamer();
  static const auto media = fuzz::offered_media(2);
  static const auto offer = parse_sdp(
      "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
      "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:video0\r\n"
      "m=video 0 UDP/TLS/RTP/SAVPF 100\r\na=mid:video1\r\n"
      "m=audio 0 UDP/TLS/RTP/SAVPF 104\r\na=mid:audio2\r\n"
      "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:application3\r\n"
      "a=sctp-port:5000\r\n");
  try {
    const Answer answer = read_answer(fuzz::text_of(data, size), offer.get(), media);
    fuzz::require(answer.media.size() == media.size(), "each m-line is answered");
    // What webrtcbin gets is ours, whatever the browser wrote.
    parse_sdp(to_text(canonical_answer(answer, offer.get(), media).get()));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
