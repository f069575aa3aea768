// SPDX-License-Identifier: LGPL-2.1-or-later
// fmtp.hpp — the format parameters of SDP for what a stream really is.
// Pure functions; usable on any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/codec.hpp"

namespace webrtcserver {

// For what our encoder will make of `raw_caps`.
std::string fmtp_for_raw(const Codec& codec, const GstCaps* raw_caps);

// For an encoded stream, from whatever `caps` tell of its profile: codec_data, or profile and level
// as strings, or the payloader's profile-level-id. What they do not tell is the codec's default.
// The first is the truth. H.264 Main and High are offered as Constrained Baseline too: Firefox
// answers to no other profile, and its decoders take them.
std::vector<Format> formats_for_encoded(const Codec& codec, const GstCaps* caps);

// How far two descriptions of one codec mean the same stream, levels and preferences aside. What is
// not said is the codec's default.
enum class ProfileMatch {
  kNone,
  kProfile,  // decoders that take one take the other
  kExact,
};

// With `packetized_alike`, H.264 must also be packetised the same way: what we send is, what we
// take may be either way.
ProfileMatch match_profiles(const Codec& codec, std::string_view fmtp, std::string_view other,
                            bool packetized_alike);

}  // namespace webrtcserver
