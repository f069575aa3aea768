// SPDX-License-Identifier: LGPL-2.1-or-later
// fingerprint.hpp — is the peer that speaks DTLS the one that signed the SDP? (RFC 8122, RFC
// 8827 6.5) webrtcbin before 1.28.5 does not compare them, so we do. Pure functions; usable on any
// thread.
#pragma once

#include <string>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver {

struct Fingerprint {
  std::string algorithm;  // lower case: "sha-256"
  std::string digest;     // upper-case hex with colons

  bool operator==(const Fingerprint&) const = default;
};

// All fingerprints that hold for an m-line, its own or the session's. Throws Error(kProtocol) when
// there is none, or none of a hash that is still safe (SHA-256 and longer; SHA-1 and MD5 are not).
std::vector<Fingerprint> read_fingerprints(const GstSDPMessage* message, const GstSDPMedia* media);

// Whether `certificate` (PEM) has one of `fingerprints`. A certificate that cannot be read has
// none.
bool matches(const std::string& certificate, const std::vector<Fingerprint>& fingerprints);

}  // namespace webrtcserver
