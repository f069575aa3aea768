// SPDX-License-Identifier: LGPL-2.1-or-later
// patience.hpp — how long a test waits for what has to come. Far beyond what a machine needs that
// runs several tests at a time; only a failing test waits so long.
#pragma once

#include <chrono>

namespace webrtcserver::test {

inline constexpr std::chrono::seconds kPatience{20};
inline constexpr auto kPatienceInNanoseconds =
    static_cast<unsigned long>(std::chrono::nanoseconds(kPatience).count());  // a GstClockTime

}  // namespace webrtcserver::test
