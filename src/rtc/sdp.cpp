// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sdp.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;
constexpr std::ptrdiff_t kMaxLines = 1000;
constexpr std::size_t kMaxMediaLines = 9;  // eight media and the data channel

// As GStreamer's parser sees them: it skips white space at the beginning of a line.
std::size_t count_media_lines(std::string_view text) {
  std::size_t count = 0;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) {
    const auto begin = text.find_first_not_of(" \t\n\f\r", end);
    if (begin == std::string_view::npos) break;
    end = begin - 1;
    if (text.substr(begin).starts_with("m=")) ++count;
  }
  return count;
}

void check_bounds(std::string_view text) {
  if (text.size() > kMaxBytes) {
    throw Error(ErrorCode::kProtocol, "The SDP has " + std::to_string(text.size()) +
                                          " bytes; at most " + std::to_string(kMaxBytes) +
                                          " are taken.");
  }
  if (text.find('\0') != std::string_view::npos)
    throw Error(ErrorCode::kProtocol, "The SDP has a NUL byte.");
  if (!text.starts_with("v=0"))
    throw Error(ErrorCode::kProtocol, "This is not SDP: it does not begin with v=0.");
  if (std::count(text.begin(), text.end(), '\n') > kMaxLines) {
    throw Error(ErrorCode::kProtocol,
                "The SDP has more than " + std::to_string(kMaxLines) + " lines.");
  }
  const std::size_t media_lines = count_media_lines(text);
  if (media_lines > kMaxMediaLines) {
    throw Error(ErrorCode::kProtocol, "The SDP has " + std::to_string(media_lines) +
                                          " m-lines; at most " + std::to_string(kMaxMediaLines) +
                                          " are taken.");
  }
}

}  // namespace

Owned<GstSDPMessage> parse_sdp(std::string_view text) {
  check_bounds(text);
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new(&message);
  Owned<GstSDPMessage> owned(message);
  if (gst_sdp_message_parse_buffer(reinterpret_cast<const guint8*>(text.data()),
                                   static_cast<guint>(text.size()), message) != GST_SDP_OK) {
    throw Error(ErrorCode::kProtocol, "This is not SDP.");
  }
  return owned;
}

std::string to_text(const GstSDPMessage* message) {
  return take_string(gst_sdp_message_as_text(message));
}

void add_attribute(GstSDPMedia* media, const char* key, const std::string& value) {
  gst_sdp_media_add_attribute(media, key, value.c_str());
}

std::string with_candidates(const std::string& description,
                            const std::vector<std::string>& candidates, bool complete) {
  const Owned<GstSDPMessage> message = parse_sdp(description);
  // The array is the message's own and writable; only the accessor is const.
  const auto line_at = [&](guint i) {
    return const_cast<GstSDPMedia*>(gst_sdp_message_get_media(message.get(), i));  // NOLINT
  };
  const guint lines = gst_sdp_message_medias_len(message.get());
  if (lines == 0) return description;
  guint i = 0;
  while (i + 1 < lines && gst_sdp_media_get_port(line_at(i)) == 0) ++i;
  constexpr std::string_view kPrefix = "candidate:";
  for (const std::string& candidate : candidates)
    add_attribute(line_at(i), "candidate", candidate.substr(kPrefix.size()));
  if (complete) add_attribute(line_at(i), "end-of-candidates", "");
  return to_text(message.get());
}

const char* find_attribute(const GstSDPMessage* message, const GstSDPMedia* media,
                           const char* key) {
  const char* value = gst_sdp_media_get_attribute_val(media, key);
  return value ? value : gst_sdp_message_get_attribute_val(message, key);
}

}  // namespace webrtcserver
