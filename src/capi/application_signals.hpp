// SPDX-License-Identifier: LGPL-2.1-or-later
// application_signals.hpp — where signals of objects that have no server of their own are emitted.
#pragma once

#include <memory>

#include "server/application_calls.hpp"

namespace webrtcserver {

std::shared_ptr<ApplicationCalls> make_application_calls();

}  // namespace webrtcserver
