// SPDX-License-Identifier: LGPL-2.1-or-later
// bounded_task.hpp — state changes of hardware, which may never end, without waiting for ever.
#pragma once

#include <chrono>
#include <functional>

namespace webrtcserver {

// Runs `task` on a thread of its own and waits for it. False when it takes longer than `patience`:
// it goes on alone, and whatever it holds is held until its end. What it throws before comes out
// here. For workers.
bool run_within(std::chrono::steady_clock::duration patience, std::function<void()> task);

}  // namespace webrtcserver
