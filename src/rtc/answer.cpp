// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/answer.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/error.hpp"
#include "rtc/sdp.hpp"

namespace webrtcserver {

namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::kProtocol, "The answer " + why);
}

template <typename Number = int>
std::optional<Number> to_number(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

bool has_format(const GstSDPMedia* line, int payload_type) {
  for (guint i = 0; i < gst_sdp_media_formats_len(line); ++i) {
    if (to_number(gst_sdp_media_get_format(line, i)) == payload_type) return true;
  }
  return false;
}

// Under our payload type the browser must mean our codec (RFC 3264, section 6.1).
bool names_codec(const GstSDPMedia* line, const OfferedCodec& offered) {
  const std::string prefix = std::to_string(offered.payload_type) + " ";
  for (guint i = 0; i < gst_sdp_media_attributes_len(line); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(line, i);
    if (std::strcmp(attribute->key, "rtpmap") != 0 || !attribute->value) continue;
    const std::string_view value = attribute->value;
    if (!value.starts_with(prefix)) continue;
    const std::string_view name = value.substr(prefix.size(), value.find('/') - prefix.size());
    return g_ascii_strncasecmp(name.data(), offered.format.codec->name, name.size()) == 0 &&
           name.size() == std::strlen(offered.format.codec->name);
  }
  return false;
}

std::optional<int> extension_id(const GstSDPMedia* line, std::string_view uri) {
  for (guint i = 0; i < gst_sdp_media_attributes_len(line); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(line, i);
    if (std::strcmp(attribute->key, "extmap") != 0 || !attribute->value) continue;
    const std::string_view value = attribute->value;
    const auto space = value.find(' ');
    if (space == std::string_view::npos) continue;
    std::string_view named = value.substr(space + 1);
    named = named.substr(0, named.find(' '));
    if (named != uri) continue;
    const auto id = to_number(value.substr(0, value.find_first_of("/ ")));
    if (id && *id >= 1 && *id <= 14) return id;  // the one-byte form of RFC 8285
  }
  return {};
}

// The browser's half of what we offered: it receives what we send, and the other way round.
bool takes_part(const GstSDPMessage* message, const GstSDPMedia* line, Direction ours) {
  const bool receives = ours == Direction::kSend;
  for (const char* direction : {"sendrecv", receives ? "recvonly" : "sendonly"}) {
    if (gst_sdp_media_get_attribute_val(line, direction)) return true;
  }
  for (const char* direction : {"inactive", receives ? "sendonly" : "recvonly"}) {
    if (gst_sdp_media_get_attribute_val(line, direction)) return false;
  }
  // The session level decides for lines without a direction, and sendrecv is the default.
  return !gst_sdp_message_get_attribute_val(message, receives ? "sendonly" : "recvonly") &&
         !gst_sdp_message_get_attribute_val(message, "inactive");
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

std::vector<std::uint32_t> read_sources(const GstSDPMedia* line) {
  std::vector<std::uint32_t> sources;
  for (guint i = 0; i < gst_sdp_media_attributes_len(line); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(line, i);
    if (std::strcmp(attribute->key, "ssrc") != 0 || !attribute->value) continue;
    const std::string_view value = attribute->value;
    const auto ssrc = to_number<std::uint32_t>(value.substr(0, value.find(' ')));
    if (ssrc && sources.size() < kMaxSources &&
        std::find(sources.begin(), sources.end(), *ssrc) == sources.end())
      sources.push_back(*ssrc);
  }
  return sources;
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

// webrtcbin itself ignores the port that the browser names, and speaks to this one.
constexpr char kSctpPort[] = "5000";
constexpr std::uint64_t kDefaultMaxMessage = 65536;  // RFC 8841, section 6.1
constexpr std::uint64_t kMaxMaxMessage = 262144;

void read_data_channel(Answer& answer, const GstSDPMedia* line) {
  if (std::strcmp(gst_sdp_media_get_media(line), "application") != 0)
    refuse("does not say m=application in its last m-line, where the offer does.");
  const char* port = gst_sdp_media_get_attribute_val(line, "sctp-port");
  answer.data_channel =
      gst_sdp_media_get_port(line) != 0 && port && std::strcmp(port, kSctpPort) == 0;
  const char* text = gst_sdp_media_get_attribute_val(line, "max-message-size");
  const auto size = to_number<std::uint64_t>(text ? text : "");
  answer.max_message = !size        ? kDefaultMaxMessage
                       : *size == 0 ? kMaxMaxMessage  // any
                                    : std::min(*size, kMaxMaxMessage);
}

void check_mid(const GstSDPMedia* line, const GstSDPMessage* offer, guint i) {
  const char* mid = gst_sdp_media_get_attribute_val(line, "mid");
  const char* offered = gst_sdp_media_get_attribute_val(gst_sdp_message_get_media(offer, i), "mid");
  if (mid && std::strcmp(mid, offered) != 0)
    refuse("changes the mid of m-line " + std::to_string(i) + ".");
}

bool is_ice_text(std::string_view text, std::size_t shortest) {  // RFC 8839, section 5.4
  return text.size() >= shortest && text.size() <= 256 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return g_ascii_isalnum(c) || c == '+' || c == '/'; });
}

// Everything is bundled, and the first m-line that is not rejected speaks for the transport (RFC
// 8843, section 7.3.1), be it one that receives nothing. There is one.
guint transport_line(const GstSDPMessage* message) {
  guint i = 0;
  while (gst_sdp_media_get_port(gst_sdp_message_get_media(message, i)) == 0) ++i;
  return i;
}

void read_transport(Answer& answer, const GstSDPMessage* message, const GstSDPMedia* line) {
  const char* ufrag = find_attribute(message, line, "ice-ufrag");
  const char* pwd = find_attribute(message, line, "ice-pwd");
  if (!ufrag || !is_ice_text(ufrag, 4)) refuse("has no valid a=ice-ufrag.");
  if (!pwd || !is_ice_text(pwd, 22)) refuse("has no valid a=ice-pwd.");
  answer.ice_ufrag = ufrag;
  answer.ice_pwd = pwd;
  const char* setup = find_attribute(message, line, "setup");
  if (!setup || (std::strcmp(setup, "active") != 0 && std::strcmp(setup, "passive") != 0)) {
    refuse("must have a=setup:active or a=setup:passive.");
  }
  answer.setup = setup;
  answer.fingerprints = read_fingerprints(message, line);
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

void collect_candidates(const GstSDPMedia* line, std::vector<std::string>& candidates) {
  for (guint i = 0; i < gst_sdp_media_attributes_len(line); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(line, i);
    if (std::strcmp(attribute->key, "candidate") == 0 && attribute->value) {
      candidates.push_back(std::string("candidate:") + attribute->value);
    }
  }
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
  read_transport(answer, message.get(), gst_sdp_message_get_media(message.get(), answer.transport));
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
