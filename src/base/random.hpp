// SPDX-License-Identifier: LGPL-2.1-or-later
// random.hpp — unguessable names and numbers, from OpenSSL's RAND_bytes.
#pragma once

#include <cstdint>
#include <string>

namespace webrtcserver {

// 128 random bits in unpadded base64url: 22 characters that are safe in a URL.
std::string random_id();

std::uint32_t random_u32();

}  // namespace webrtcserver
