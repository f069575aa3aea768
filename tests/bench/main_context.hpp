// SPDX-License-Identifier: LGPL-2.1-or-later
// main_context.hpp — the default main context, where the benchmark's own objects live.
#pragma once

#include <functional>

#include "base/ref.hpp"

namespace webrtcserver::bench {

// Runs `task` on the main context: webrtcbin calls from threads of its own, and libsoup must not be
// called from there.
void post(std::function<void()> task);

// Plays the pipeline until SIGINT, SIGTERM, the end of the parent process or an error on the bus,
// and calls `on_playing` once it has been started. Returns the program's exit status.
int play(const Ref<GstElement>& pipeline, const std::function<void()>& on_playing);

}  // namespace webrtcserver::bench
