// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/client_offer.hpp"
#include "base/error.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/media.hpp"
#include "rtc/sdp.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

namespace {

// What webrtcbin would offer for the same media.
std::string our_offer(const ClientOffer& client) {
  std::string text = "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-options:trickle\r\n";
  int index = 0;
  for (const OfferedMedia& media : client.media) {
    const std::string kind = to_string(media.kind);
    text += "m=" + kind + " 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n" +
            "a=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\na=mid:" + kind +
            std::to_string(index++) + "\r\na=rtcp-mux\r\na=fingerprint:sha-256 " +
            "66:B3:C7:95:3C:15:93:32:74:84:F6:8D:7B:D8:26:6A:DE:46:92:D7:A6:C1:B9:46:" +
            "ED:A2:9E:61:61:CC:8E:2E\r\n";
  }
  // The last, as webrtcbin has it.
  return text +
         "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
         "a=mid:application2\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";
}

void read(std::string_view text, const std::vector<OfferedMedia>& ours) {
  const ClientOffer client = read_client_offer(text, ours);
  fuzz::require(client.media.size() == ours.size(), "a client's offer has our media");
  fuzz::require(client.answer.media.size() == ours.size(), "each of them is answered");
  const auto offer = parse_sdp(our_offer(client));
  write_codecs(offer.get(), client.media, "output");
  const std::string answer = write_client_answer(client, offer.get());
  with_candidates(answer, {"candidate:1 1 UDP 1 192.0.2.1 9 typ host"}, true);
  parse_sdp(answer);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::init_gstreamer();
  static const auto to_client = fuzz::offered_media(1);
  static const auto from_client = [] {
    auto media = fuzz::offered_media(1);
    for (OfferedMedia& each : media) each.direction = Direction::kReceive;
    return media;
  }();
  const std::string_view text = fuzz::text_of(data, size);
  try {
    check_client_offer(text);
  } catch (const Error&) {
    // As bad for every stream, unless it is in an m-line that is not taken.
  }
  for (const auto* media : {&to_client, &from_client}) {
    try {
      read(text, *media);
    } catch (const Error&) {
      continue;
    }
  }
  return 0;
}
