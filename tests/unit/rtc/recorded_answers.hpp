// SPDX-License-Identifier: LGPL-2.1-or-later
// recorded_answers.hpp — what browsers answered to an offer of ours: two videos (H264, VP8) and
// audio.
#pragma once

namespace webrtcserver::test {

// Chromium 156 has every codec.
constexpr char kChromiumAnswer[] = R"sdp(v=0
o=- 2594189005980374712 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE video0 video1 audio2
a=msid-semantic: WMS
m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:tSHl
a=ice-pwd:NWsvwRbN1vJ9s2pGkft1rphy
a=ice-options:trickle
a=fingerprint:sha-256 66:B3:C7:95:3C:15:93:32:74:84:F6:8D:7B:D8:26:6A:DE:46:92:D7:A6:C1:B9:46:ED:A2:9E:61:61:CC:8E:2E
a=setup:active
a=mid:video0
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=recvonly
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 H264/90000
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:98 VP8/90000
a=rtcp-fb:98 ccm fir
a=rtcp-fb:98 nack
a=rtcp-fb:98 nack pli
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
m=video 9 UDP/TLS/RTP/SAVPF 100 101 102 103
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:tSHl
a=ice-pwd:NWsvwRbN1vJ9s2pGkft1rphy
a=ice-options:trickle
a=fingerprint:sha-256 66:B3:C7:95:3C:15:93:32:74:84:F6:8D:7B:D8:26:6A:DE:46:92:D7:A6:C1:B9:46:ED:A2:9E:61:61:CC:8E:2E
a=setup:active
a=mid:video1
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=recvonly
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:100 H264/90000
a=rtcp-fb:100 ccm fir
a=rtcp-fb:100 nack
a=rtcp-fb:100 nack pli
a=fmtp:100 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:101 rtx/90000
a=fmtp:101 apt=100
a=rtpmap:102 VP8/90000
a=rtcp-fb:102 ccm fir
a=rtcp-fb:102 nack
a=rtcp-fb:102 nack pli
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
m=audio 9 UDP/TLS/RTP/SAVPF 104
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:tSHl
a=ice-pwd:NWsvwRbN1vJ9s2pGkft1rphy
a=ice-options:trickle
a=fingerprint:sha-256 66:B3:C7:95:3C:15:93:32:74:84:F6:8D:7B:D8:26:6A:DE:46:92:D7:A6:C1:B9:46:ED:A2:9E:61:61:CC:8E:2E
a=setup:active
a=mid:audio2
a=recvonly
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:104 OPUS/48000/2
a=fmtp:104 minptime=10;useinbandfec=1
)sdp";

// Firefox 153 ESR without its OpenH264 plugin, as Debian ships it.
constexpr char kFirefoxAnswer[] = R"sdp(v=0
o=mozilla...THIS_IS_SDPARTA-99.0 6985307834851269883 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 E5:09:6C:3E:49:E0:F3:CA:A0:8B:61:68:CE:08:54:D7:49:18:F0:A0:DF:91:FF:14:93:95:13:1E:80:8E:AA:74
a=group:BUNDLE video0 video1 audio2
a=ice-options:trickle
a=msid-semantic:WMS *
m=video 9 UDP/TLS/RTP/SAVPF 98 99
c=IN IP4 0.0.0.0
a=recvonly
a=extmap:2/recvonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=fmtp:98 max-fs=12288;max-fr=60
a=fmtp:99 apt=98
a=ice-pwd:5a4913ae7b870ac8265d7acad663e732
a=ice-ufrag:bc504ff0
a=mid:video0
a=rtcp-fb:98 nack
a=rtcp-fb:98 nack pli
a=rtcp-fb:98 ccm fir
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:98 VP8/90000
a=rtpmap:99 rtx/90000
a=setup:active
a=ssrc:244213419 cname:{8c4b6fcf-dffc-48d2-adb7-83b47da8034e}
m=video 9 UDP/TLS/RTP/SAVPF 102 103
c=IN IP4 0.0.0.0
a=recvonly
a=extmap:2/recvonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=fmtp:102 max-fs=12288;max-fr=60
a=fmtp:103 apt=102
a=ice-pwd:5a4913ae7b870ac8265d7acad663e732
a=ice-ufrag:bc504ff0
a=mid:video1
a=rtcp-fb:102 nack
a=rtcp-fb:102 nack pli
a=rtcp-fb:102 ccm fir
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:102 VP8/90000
a=rtpmap:103 rtx/90000
a=setup:active
a=ssrc:720478635 cname:{8c4b6fcf-dffc-48d2-adb7-83b47da8034e}
m=audio 9 UDP/TLS/RTP/SAVPF 104
c=IN IP4 0.0.0.0
a=recvonly
a=fmtp:104 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=ice-pwd:5a4913ae7b870ac8265d7acad663e732
a=ice-ufrag:bc504ff0
a=mid:audio2
a=rtcp-mux
a=rtpmap:104 opus/48000/2
a=setup:active
a=ssrc:3488933628 cname:{8c4b6fcf-dffc-48d2-adb7-83b47da8034e}
)sdp";

}  // namespace webrtcserver::test
