// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/client_offer.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/error.hpp"
#include "codec/fmtp.hpp"
#include "rtc/media_line.hpp"
#include "rtc/sdp.hpp"

namespace webrtcserver {

namespace {

constexpr int kPayloadTypes = 128;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::kProtocol, "The offer " + why);
}

const GstSDPMedia* line_at(const GstSDPMessage* message, std::size_t i) {
  return gst_sdp_message_get_media(message, static_cast<guint>(i));
}

std::string text_of(const char* text) {
  return text ? text : "";
}

// A line that shares another's transport from the start has port 0 in an offer (RFC 9143).
bool is_offered(const GstSDPMedia* line) {
  return gst_sdp_media_get_port(line) != 0 || gst_sdp_media_get_attribute_val(line, "bundle-only");
}

bool carries_rtp(const GstSDPMedia* line) {
  const std::string protocol = text_of(gst_sdp_media_get_proto(line));
  return protocol == "UDP/TLS/RTP/SAVPF" || protocol == "TCP/TLS/RTP/SAVPF" ||
         protocol == "RTP/SAVPF";
}

bool is_data_channel(const GstSDPMedia* line) {
  const std::string protocol = text_of(gst_sdp_media_get_proto(line));
  return (protocol == "UDP/DTLS/SCTP" || protocol == "TCP/DTLS/SCTP") &&
         gst_sdp_media_formats_len(line) > 0 &&
         std::string_view(gst_sdp_media_get_format(line, 0)) == "webrtc-datachannel";
}

std::vector<std::string> formats_of(const GstSDPMedia* line) {
  std::vector<std::string> formats;
  for (guint i = 0; i < gst_sdp_media_formats_len(line); ++i)
    formats.emplace_back(gst_sdp_media_get_format(line, i));
  return formats;
}

std::vector<std::string> maps_of(const GstSDPMedia* line) {
  std::vector<std::string> maps;
  for (guint i = 0;; ++i) {
    const char* map = gst_sdp_media_get_attribute_val_n(line, "rtpmap", i);
    if (!map) return maps;
    maps.emplace_back(map);
  }
}

void check_tracks(const GstSDPMessage* message) {
  for (const MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    unsigned tracks = 0;
    for (guint i = 0; i < gst_sdp_message_medias_len(message); ++i) {
      const GstSDPMedia* line = line_at(message, i);
      if (is_offered(line) && text_of(gst_sdp_media_get_media(line)) == to_string(kind)) ++tracks;
    }
    if (tracks > 1) {
      throw Error(ErrorCode::kLimit, "The offer has " + std::to_string(tracks) + " tracks of " +
                                         to_string(kind) + "; a stream has one of a kind at most.");
    }
  }
}

Transport read_offered_transport(const GstSDPMessage* message, const GstSDPMedia* line) {
  return read_transport(message, line, "The offer", {"actpass", "active", "passive"});
}

const GstSDPMedia* first_line(const GstSDPMessage* message) {
  const guint lines = gst_sdp_message_medias_len(message);
  guint i = 0;
  while (i < lines && !is_offered(line_at(message, i))) ++i;
  if (i == lines) refuse("has no m-line.");
  return line_at(message, i);
}

// Turns the codecs of one m-line into codecs that we could have offered.
class CodecMatcher {
 public:
  explicit CodecMatcher(const GstSDPMessage* message) {
    for (guint i = 0; i < gst_sdp_message_medias_len(message); ++i) {
      for (const std::string& format : formats_of(line_at(message, i)))
        if (const auto payload_type = to_number(format)) named_.insert(*payload_type);
    }
  }

  // What we send is in our order of preference, what the client sends in the client's.
  std::vector<OfferedCodec> match(const GstSDPMedia* line, const OfferedMedia& ours) {
    std::vector<OfferedCodec> matched;
    const auto formats = formats_of(line);
    const auto try_pair = [&](const std::string& format, const OfferedCodec& codec,
                              ProfileMatch least) {
      const auto payload_type = to_number(format);
      if (!payload_type || !is_dynamic(*payload_type) || taken_.count(*payload_type) > 0 ||
          compare(line, *payload_type, codec.format, ours.direction == Direction::kSend) < least)
        return false;
      taken_.insert(*payload_type);
      matched.push_back({codec.format, *payload_type, find_retransmission(line, *payload_type)});
      return true;
    };
    if (ours.direction == Direction::kSend) {
      for (const OfferedCodec& codec : ours.codecs) {
        for (const ProfileMatch least : {ProfileMatch::kExact, ProfileMatch::kProfile}) {
          if (std::any_of(formats.begin(), formats.end(), [&](const std::string& format) {
                return try_pair(format, codec, least);
              }))
            break;
        }
      }
    } else {
      for (const std::string& format : formats) {
        for (const OfferedCodec& codec : ours.codecs) {
          if (try_pair(format, codec, ProfileMatch::kProfile)) break;
        }
      }
    }
    return matched;
  }

  // One that the client does not mention.
  int take_unused() {
    int payload_type = 0;
    while (payload_type < kPayloadTypes &&
           (!is_dynamic(payload_type) || named_.count(payload_type) > 0 ||
            taken_.count(payload_type) > 0))
      ++payload_type;
    if (payload_type == kPayloadTypes) refuse("uses every payload type there is.");
    taken_.insert(payload_type);
    return payload_type;
  }

 private:
  static ProfileMatch compare(const GstSDPMedia* line, int payload_type, const Format& format,
                              bool send) {
    const auto map = format_attribute(line, "rtpmap", payload_type);
    const Codec& codec = *format.codec;
    std::string wanted = std::string(codec.name) + "/" + std::to_string(codec.clock_rate);
    if (codec.channels > 0) wanted += "/" + std::to_string(codec.channels);
    const bool named = map && map->size() == wanted.size() &&
                       g_ascii_strncasecmp(map->data(), wanted.data(), wanted.size()) == 0;
    if (!named) return ProfileMatch::kNone;
    return match_profiles(codec, format.fmtp,
                          format_attribute(line, "fmtp", payload_type).value_or(""), send);
  }

  int find_retransmission(const GstSDPMedia* line, int of) {
    const std::string apt = "apt=" + std::to_string(of);
    for (const std::string& format : formats_of(line)) {
      const auto payload_type = to_number(format);
      if (!payload_type || !is_dynamic(*payload_type) || taken_.count(*payload_type) > 0) continue;
      const std::string_view fmtp = format_attribute(line, "fmtp", *payload_type).value_or("");
      const std::string name(encoding_name(line, *payload_type));
      if (g_ascii_strcasecmp(name.c_str(), "rtx") != 0 || fmtp.substr(0, fmtp.find(';')) != apt)
        continue;
      taken_.insert(*payload_type);
      return *payload_type;
    }
    return -1;
  }

  std::set<int> named_;
  std::set<int> taken_;
};

std::vector<std::string> names_of(const std::vector<OfferedMedia>& media) {
  std::vector<std::string> names;
  for (const OfferedMedia& line : media) {
    for (const OfferedCodec& codec : line.codecs) {
      if (std::find(names.begin(), names.end(), codec.format.codec->name) == names.end())
        names.emplace_back(codec.format.codec->name);
    }
  }
  return names;
}

[[noreturn]] void refuse_all(const std::vector<OfferedMedia>& ours) {
  const bool receives = !ours.empty() && ours.front().direction == Direction::kReceive;
  std::string list;
  for (const std::string& name : names_of(ours)) list += (list.empty() ? "" : ", ") + name;
  throw Error(ErrorCode::kNoCommonCodec,
              std::string("The offer ") +
                  (receives ? "sends nothing of what this stream takes: "
                            : "receives none of the codecs that this stream has: ") +
                  list + ".");
}

// Which of our media goes over which line.
void pair_media(ClientOffer& client, const GstSDPMessage* message,
                const std::vector<OfferedMedia>& ours) {
  CodecMatcher matcher(message);
  for (std::size_t j = 0; j < ours.size(); ++j) {
    AnsweredMedia answered;
    OfferedMedia media = ours[j];
    media.codecs.clear();
    for (std::size_t i = 0; i < client.lines.size() && media.codecs.empty(); ++i) {
      const GstSDPMedia* line = line_at(message, i);
      if (client.lines[i].ours || !is_offered(line) || !carries_rtp(line) ||
          client.lines[i].media != to_string(media.kind) ||
          !takes_part(message, line, media.direction))
        continue;
      media.codecs = matcher.match(line, ours[j]);
      if (media.codecs.empty()) continue;
      client.lines[i].ours = j;
      const std::size_t count = media.direction == Direction::kSend ? 1 : media.codecs.size();
      for (std::size_t c = 0; c < count; ++c)
        answered.codecs.push_back({c, media.codecs[c].rtx_payload_type >= 0});
      if (media.direction == Direction::kSend) {
        answered.playout_delay_id = extension_id(line, kPlayoutDelayUri);
        media.playout_delay_id = answered.playout_delay_id.value_or(media.playout_delay_id);
      } else {
        answered.transport_wide_id = extension_id(line, kTransportWideUri);
        media.transport_wide_id = answered.transport_wide_id.value_or(media.transport_wide_id);
        answered.sources = read_sources(line);
      }
      for (const OfferedCodec& codec : media.codecs)
        client.fmtp[codec.payload_type] =
            format_attribute(line, "fmtp", codec.payload_type).value_or("");
    }
    // webrtcbin wants something to offer, and sees it rejected.
    if (media.codecs.empty())
      media.codecs.push_back({ours[j].codecs.front().format, matcher.take_unused(), -1});
    client.media.push_back(std::move(media));
    client.answer.media.push_back(std::move(answered));
  }
}

bool is_used(const ClientOffer::Line& line) {
  return line.ours || line.data_channel;
}

// All that is used must be in one bundle: there is one transport here.
void check_bundle(const ClientOffer& client, const GstSDPMessage* message) {
  if (std::count_if(client.lines.begin(), client.lines.end(), is_used) < 2) return;
  for (guint i = 0;; ++i) {
    const char* group = gst_sdp_message_get_attribute_val_n(message, "group", i);
    if (!group) refuse("does not bundle its m-lines (a=group:BUNDLE), which is needed here.");
    std::set<std::string> mids;
    const std::unique_ptr<gchar*, decltype(&g_strfreev)> words(g_strsplit(group, " ", -1),
                                                               g_strfreev);
    if (std::strcmp(text_of(words.get()[0]).c_str(), "BUNDLE") != 0) continue;
    for (gchar** word = words.get() + 1; *word; ++word) mids.insert(*word);
    const bool all =
        std::all_of(client.lines.begin(), client.lines.end(), [&](const ClientOffer::Line& line) {
          return !is_used(line) || (!line.mid.empty() && mids.count(line.mid) > 0);
        });
    if (all) return;
  }
}

// The first line that is used speaks for the transport, unless it leaves that to an earlier one.
const GstSDPMedia* transport_line(const ClientOffer& client, const GstSDPMessage* message) {
  const auto first = std::find_if(client.lines.begin(), client.lines.end(), is_used);
  const GstSDPMedia* line =
      line_at(message, static_cast<std::size_t>(first - client.lines.begin()));
  if (find_attribute(message, line, "ice-ufrag")) return line;
  return first_line(message);
}

void read_candidates(ClientOffer& client, const GstSDPMessage* message) {
  for (std::size_t i = 0; i < client.lines.size(); ++i) {
    const GstSDPMedia* line = line_at(message, i);
    const char* ufrag = find_attribute(message, line, "ice-ufrag");
    if (is_offered(line) && (!ufrag || client.answer.ice_ufrag == ufrag))
      collect_candidates(line, client.answer.candidates);
  }
}

// Our own half
// -----------------------------------------------------------------------------------------------

void copy_attributes(GstSDPMedia* to, const GstSDPMedia* from,
                     std::initializer_list<const char*> keys) {
  for (guint i = 0; i < gst_sdp_media_attributes_len(from); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(from, i);
    if (std::any_of(keys.begin(), keys.end(),
                    [attribute](const char* key) { return std::strcmp(attribute->key, key) == 0; }))
      gst_sdp_media_add_attribute(to, attribute->key, attribute->value);
  }
}

void write_codec_attributes(GstSDPMedia* line, const ClientOffer& client, std::size_t ours) {
  const OfferedMedia& media = client.media[ours];
  const AnsweredMedia& answered = client.answer.media[ours];
  for (const AnsweredCodec& taken : answered.codecs) {
    OfferedCodec codec = media.codecs[taken.index];
    // Profiles must be the client's; what is said of sound is for the one who receives it.
    if (media.kind == MediaKind::kVideo) codec.format.fmtp = client.fmtp.at(codec.payload_type);
    add_codec(line, codec, taken.retransmission, answered.transport_wide_id.has_value());
  }
  if (answered.playout_delay_id) add_extension(line, *answered.playout_delay_id, kPlayoutDelayUri);
  if (answered.transport_wide_id)
    add_extension(line, *answered.transport_wide_id, kTransportWideUri);
}

void write_line(GstSDPMedia* line, const ClientOffer& client, const ClientOffer::Line& theirs,
                const GstSDPMessage* offer) {
  gst_sdp_media_set_media(line, theirs.media.c_str());
  gst_sdp_media_set_proto(line, theirs.protocol.c_str());
  gst_sdp_media_set_port_info(line, is_used(theirs) ? 9 : 0, 0);
  gst_sdp_media_add_connection(line, "IN", "IP4", "0.0.0.0", 0, 0);
  if (!theirs.mid.empty()) add_attribute(line, "mid", theirs.mid);
  // aiortc looks for transport and codecs in rejected lines too.
  const std::size_t index = theirs.ours.value_or(theirs.data_channel ? client.media.size() : 0);
  const GstSDPMedia* own = line_at(offer, index);
  copy_attributes(line, own, {"ice-ufrag", "ice-pwd", "fingerprint"});
  add_attribute(line, "setup", client.answer.setup == "active" ? "passive" : "active");
  if (theirs.media != "application") add_attribute(line, "rtcp-mux", "");
  if (!is_used(theirs)) {
    for (const std::string& format : theirs.formats) gst_sdp_media_add_format(line, format.c_str());
    for (const std::string& map : theirs.maps) add_attribute(line, "rtpmap", map);
    add_attribute(line, "inactive", "");
    return;
  }
  if (theirs.data_channel) {
    gst_sdp_media_add_format(line, "webrtc-datachannel");
    copy_attributes(line, own, {"sctp-port", "max-message-size"});
    return;
  }
  const bool sends = client.media[index].direction == Direction::kSend;
  add_attribute(line, sends ? "sendonly" : "recvonly", "");
  add_attribute(line, "rtcp-rsize", "");
  write_codec_attributes(line, client, index);
  if (sends) copy_attributes(line, own, {"msid", "ssrc", "ssrc-group"});
}

}  // namespace

IceCredentials check_client_offer(std::string_view text) {
  const Owned<GstSDPMessage> message = parse_sdp(text);
  const GstSDPMedia* line = first_line(message.get());
  check_tracks(message.get());
  const Transport transport = read_offered_transport(message.get(), line);
  return {transport.ice_ufrag, transport.ice_pwd};
}

ClientOffer read_client_offer(std::string_view text, const std::vector<OfferedMedia>& ours) {
  const Owned<GstSDPMessage> message = parse_sdp(text);
  first_line(message.get());
  check_tracks(message.get());
  ClientOffer client;
  for (guint i = 0; i < gst_sdp_message_medias_len(message.get()); ++i) {
    const GstSDPMedia* line = line_at(message.get(), i);
    client.lines.push_back({text_of(gst_sdp_media_get_media(line)),
                            text_of(gst_sdp_media_get_proto(line)),
                            formats_of(line),
                            maps_of(line),
                            text_of(gst_sdp_media_get_attribute_val(line, "mid")),
                            {},
                            false});
  }
  pair_media(client, message.get(), ours);
  if (std::none_of(client.answer.media.begin(), client.answer.media.end(),
                   [](const AnsweredMedia& media) { return media.accepted(); }))
    refuse_all(ours);
  for (std::size_t i = 0; i < client.lines.size() && !client.answer.data_channel; ++i) {
    const GstSDPMedia* line = line_at(message.get(), i);
    if (!is_data_channel(line) || !is_offered(line) || !has_usable_data_channel(line)) continue;
    client.lines[i].data_channel = true;
    client.answer.data_channel = true;
    client.answer.max_message = max_message_size(line);
  }
  check_bundle(client, message.get());
  static_cast<Transport&>(client.answer) =
      read_offered_transport(message.get(), transport_line(client, message.get()));
  // Where we may choose, we are the one that begins: it saves a round trip.
  if (client.answer.setup == "actpass") client.answer.setup = "passive";
  read_candidates(client, message.get());
  return client;
}

void reject_data_channel(ClientOffer& client) {
  client.answer.data_channel = false;
  for (ClientOffer::Line& line : client.lines) line.data_channel = false;
}

std::string write_client_answer(const ClientOffer& client, const GstSDPMessage* offer) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new(&message);
  const Owned<GstSDPMessage> owned(message);
  const GstSDPOrigin* origin = gst_sdp_message_get_origin(offer);
  gst_sdp_message_set_version(message, "0");
  gst_sdp_message_set_origin(message, "-", origin->sess_id, origin->sess_version, "IN", "IP4",
                             "0.0.0.0");
  gst_sdp_message_set_session_name(message, "-");
  gst_sdp_message_add_time(message, "0", "0", nullptr);
  std::string bundle = "BUNDLE";
  for (const ClientOffer::Line& line : client.lines)
    if (is_used(line) && !line.mid.empty()) bundle += " " + line.mid;
  if (bundle != "BUNDLE") gst_sdp_message_add_attribute(message, "group", bundle.c_str());
  gst_sdp_message_add_attribute(message, "ice-options", "trickle");
  for (const ClientOffer::Line& theirs : client.lines) {
    GstSDPMedia* line = nullptr;
    gst_sdp_media_new(&line);
    write_line(line, client, theirs, offer);
    gst_sdp_message_add_media(message, line);
    gst_sdp_media_free(line);
  }
  return to_text(message);
}

}  // namespace webrtcserver
