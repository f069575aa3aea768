// SPDX-License-Identifier: LGPL-2.1-or-later
// offer_answer.hpp — GstWebRTCServerServer.answer_offer(): a GTask around OfferDesk. Any thread.
#pragma once

#include <gio/gio.h>

#include <memory>
#include <optional>
#include <string>

#include "base/ref.hpp"
#include "server/server.hpp"

namespace webrtcserver {

// Completes the task with the SDP, or an error. `server` may be null. The session may do what the
// grant says as long as it counts; without one, everything.
void answer_offer(const std::shared_ptr<Server>& server, const std::string& stream,
                  const std::string& offer, const std::optional<Grant>& grant,
                  const Channel::Client& client, const Ref<GTask>& task);

}  // namespace webrtcserver
