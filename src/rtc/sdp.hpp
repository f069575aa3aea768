// SPDX-License-Identifier: LGPL-2.1-or-later
// sdp.hpp — session descriptions as text and as GstSDPMessage.
// Pure functions; usable on any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver {

inline constexpr char kSdpType[] = "application/sdp";

// Parses what a stranger sent. Bounded before GStreamer's parser sees it: 64 KiB, 1000 lines, 9
// m-lines. Throws Error(kProtocol) that says what is wrong.
Owned<GstSDPMessage> parse_sdp(std::string_view text);

std::string to_text(const GstSDPMessage* message);

// A description of our own with candidates ("candidate:…") in its first m-line that is not
// rejected, which speaks for the transport; `complete` says that no others will be found.
std::string with_candidates(const std::string& description,
                            const std::vector<std::string>& candidates, bool complete);

void add_attribute(GstSDPMedia* media, const char* key, const std::string& value);

// The first value of an attribute at the m-line, else at session level; null when neither has it.
const char* find_attribute(const GstSDPMessage* message, const GstSDPMedia* media, const char* key);

}  // namespace webrtcserver
