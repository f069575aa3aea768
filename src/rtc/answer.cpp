// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/answer.hpp"

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "rtc/media_line.hpp"
#include "rtc/sdp.hpp"

namespace webrtcserver {

namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::kProtocol, "The answer " + why);
}

// Under our payload type the browser must mean our codec (RFC 3264, section 6.1).
bool names_codec(const GstSDPMedia* line, const OfferedCodec& offered) {
  const std::string_view name = encoding_name(line, offered.payload_type);
  const std::string_view ours = offered.format.codec->name;
  return name.size() == ours.size() &&
         g_ascii_strncasecmp(name.data(), ours.data(), name.size()) == 0;
}

std::optional<AnsweredCodec> read_codec(const GstSDPMedia* line, const OfferedMedia& offered,
                                        std::size_t index) {
  const OfferedCodec& codec = offered.codecs[index];
  if (!has_format(line, codec.payload_type) || !names_codec(line, codec)) return {};
  return AnsweredCodec{index,
                       codec.rtx_payload_type >= 0 && has_format(line, codec.rtx_payload_type)};
}

std::vector<AnsweredCodec> read_codecs(const GstSDPMedia* line, const OfferedMedia& offered) {
  std::vector<AnsweredCodec> codecs;
  if (offered.direction == Direction::kSend) {
    for (std::size_t i = 0; i < offered.codecs.size() && codecs.empty(); ++i) {
      if (const auto codec = read_codec(line, offered, i)) codecs.push_back(*codec);
    }
    return codecs;
  }
  for (guint format = 0; format < gst_sdp_media_formats_len(line); ++format) {
    const auto payload_type = to_number(gst_sdp_media_get_format(line, format));
    for (std::size_t i = 0; i < offered.codecs.size(); ++i) {
      if (offered.codecs[i].payload_type != payload_type) continue;
      const auto codec = read_codec(line, offered, i);
      if (codec && std::find(codecs.begin(), codecs.end(), *codec) == codecs.end())
        codecs.push_back(*codec);
    }
  }
  return codecs;
}

AnsweredMedia read_media(const GstSDPMessage* message, const GstSDPMedia* line,
                         const OfferedMedia& offered) {
  AnsweredMedia answered;
  if (gst_sdp_media_get_port(line) == 0 || !takes_part(message, line, offered.direction))
    return answered;
  answered.codecs = read_codecs(line, offered);
  if (!answered.accepted()) return answered;
  if (offered.direction == Direction::kSend) {
    answered.playout_delay_id = extension_id(line, kPlayoutDelayUri);
  } else {
    answered.transport_wide_id = extension_id(line, kTransportWideUri);
    answered.sources = read_sources(line);
  }
  return answered;
}

void read_data_channel(Answer& answer, const GstSDPMedia* line) {
  if (std::strcmp(gst_sdp_media_get_media(line), "application") != 0)
    refuse("does not say m=application in its last m-line, where the offer does.");
  answer.data_channel = has_usable_data_channel(line);
  answer.max_message = max_message_size(line);
}

void check_mid(const GstSDPMedia* line, const GstSDPMessage* offer, guint i) {
  const char* mid = gst_sdp_media_get_attribute_val(line, "mid");
  const char* offered = gst_sdp_media_get_attribute_val(gst_sdp_message_get_media(offer, i), "mid");
  if (mid && std::strcmp(mid, offered) != 0)
    refuse("changes the mid of m-line " + std::to_string(i) + ".");
}

// Everything is bundled, and the first m-line that is not rejected speaks for the transport (RFC
// 8843, section 7.3.1), be it one that receives nothing. There is one.
guint transport_line(const GstSDPMessage* message) {
  guint i = 0;
  while (gst_sdp_media_get_port(gst_sdp_message_get_media(message, i)) == 0) ++i;
  return i;
}

std::string offered_codecs(const std::vector<OfferedMedia>& media) {
  std::string names;
  for (const OfferedMedia& line : media) {
    for (const OfferedCodec& codec : line.codecs) {
      if (names.find(codec.format.codec->name) == std::string::npos) {
        names += (names.empty() ? "" : ", ") + std::string(codec.format.codec->name);
      }
    }
  }
  return names;
}

void add_codecs(GstSDPMedia* line, const AnsweredMedia& answered, const OfferedMedia& offered) {
  if (!answered.accepted()) return add_codec(line, offered.codecs.front(), false, false);
  for (const AnsweredCodec& codec : answered.codecs) {
    add_codec(line, offered.codecs[codec.index], codec.retransmission,
              answered.transport_wide_id.has_value());
  }
}

void add_transport(GstSDPMedia* line, const char* mid, const Answer& answer) {
  gst_sdp_media_add_connection(line, "IN", "IP4", "0.0.0.0", 0, 0);
  add_attribute(line, "mid", mid);
  add_attribute(line, "ice-ufrag", answer.ice_ufrag);
  add_attribute(line, "ice-pwd", answer.ice_pwd);
  add_attribute(line, "setup", answer.setup);
  for (const Fingerprint& fingerprint : answer.fingerprints)
    add_attribute(line, "fingerprint", fingerprint.algorithm + " " + fingerprint.digest);
}

}  // namespace

Answer read_answer(std::string_view text, const GstSDPMessage* offer,
                   const std::vector<OfferedMedia>& media) {
  const Owned<GstSDPMessage> message = parse_sdp(text);
  const guint lines = gst_sdp_message_medias_len(message.get());
  const guint offered_lines = gst_sdp_message_medias_len(offer);
  if (lines != offered_lines && lines != media.size()) {
    refuse("has " + std::to_string(lines) + " m-lines; the offer has " +
           std::to_string(offered_lines) + ".");
  }
  Answer answer;
  for (guint i = 0; i < media.size(); ++i) {
    const GstSDPMedia* line = gst_sdp_message_get_media(message.get(), i);
    const std::string kind = to_string(media[i].kind);
    if (kind != gst_sdp_media_get_media(line)) {
      refuse("does not say m=" + kind + " in m-line " + std::to_string(i) +
             ", where the offer does.");
    }
    check_mid(line, offer, i);
    answer.media.push_back(read_media(message.get(), line, media[i]));
    if (gst_sdp_media_get_port(line) != 0) collect_candidates(line, answer.candidates);
  }
  if (lines > media.size()) {
    const auto i = static_cast<guint>(media.size());
    const GstSDPMedia* line = gst_sdp_message_get_media(message.get(), i);
    check_mid(line, offer, i);
    read_data_channel(answer, line);
    if (answer.data_channel) collect_candidates(line, answer.candidates);
  }
  if (std::none_of(answer.media.begin(), answer.media.end(),
                   [](const AnsweredMedia& line) { return line.accepted(); })) {
    const bool receives = media.front().direction == Direction::kReceive;
    throw Error(ErrorCode::kNoCommonCodec,
                std::string("The browser ") +
                    (receives ? "sends nothing of what this stream takes: "
                              : "plays none of the codecs that this stream offers: ") +
                    offered_codecs(media) + ".");
  }
  answer.transport = transport_line(message.get());
  static_cast<Transport&>(answer) =
      read_transport(message.get(), gst_sdp_message_get_media(message.get(), answer.transport),
                     "The answer", {"active", "passive"});
  return answer;
}

Owned<GstSDPMessage> canonical_answer(const Answer& answer, const GstSDPMessage* offer,
                                      const std::vector<OfferedMedia>& media) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new(&message);
  Owned<GstSDPMessage> owned(message);
  gst_sdp_message_set_version(message, "0");
  gst_sdp_message_set_origin(message, "-", "1", "0", "IN", "IP4", "0.0.0.0");
  gst_sdp_message_set_session_name(message, "-");
  gst_sdp_message_add_time(message, "0", "0", nullptr);
  std::string bundle = "BUNDLE";
  const auto mid_of = [offer](guint i) {
    return gst_sdp_media_get_attribute_val(gst_sdp_message_get_media(offer, i), "mid");
  };
  const auto data_line = static_cast<guint>(media.size());
  for (guint i = 0; i < data_line + (answer.data_channel ? 1 : 0); ++i)
    bundle += std::string(" ") + mid_of(i);
  gst_sdp_message_add_attribute(message, "group", bundle.c_str());
  for (guint i = 0; i < media.size(); ++i) {
    const AnsweredMedia& answered = answer.media[i];
    GstSDPMedia* line = nullptr;
    gst_sdp_media_new(&line);
    gst_sdp_media_set_media(line, to_string(media[i].kind));
    gst_sdp_media_set_port_info(line, 9, 0);
    gst_sdp_media_set_proto(line, "UDP/TLS/RTP/SAVPF");
    add_transport(line, mid_of(i), answer);
    add_attribute(line, "rtcp-mux", "");
    add_attribute(line, "rtcp-rsize", "");
    const bool sends = media[i].direction == Direction::kReceive;
    add_attribute(line, !answered.accepted() ? "inactive" : sends ? "sendonly" : "recvonly", "");
    add_codecs(line, answered, media[i]);
    if (answered.playout_delay_id)
      add_extension(line, *answered.playout_delay_id, kPlayoutDelayUri);
    if (answered.transport_wide_id)
      add_extension(line, *answered.transport_wide_id, kTransportWideUri);
    // webrtcbin finds the m-line of a source by them, and asks for what is lost of it.
    for (const std::uint32_t source : answered.sources)
      add_attribute(line, "ssrc", std::to_string(source) + " cname:browser");
    gst_sdp_message_add_media(message, line);
    gst_sdp_media_free(line);
  }
  if (offers_data_channel(offer, media.size())) {
    GstSDPMedia* line = nullptr;
    gst_sdp_media_new(&line);
    gst_sdp_media_set_media(line, "application");
    // Accepted for a browser that rejects it, webrtcbin would try to reach it in vain.
    gst_sdp_media_set_port_info(line, answer.data_channel ? 9 : 0, 0);
    gst_sdp_media_set_proto(line, "UDP/DTLS/SCTP");
    gst_sdp_media_add_format(line, "webrtc-datachannel");
    add_transport(line, mid_of(data_line), answer);
    add_attribute(line, "sctp-port", kSctpPort);
    add_attribute(line, "max-message-size", std::to_string(answer.max_message));
    gst_sdp_message_add_media(message, line);
    gst_sdp_media_free(line);
  }
  return owned;
}

}  // namespace webrtcserver
