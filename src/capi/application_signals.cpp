// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/application_signals.hpp"

#include "server/server.hpp"

namespace webrtcserver {

std::shared_ptr<ApplicationCalls> make_application_calls() {
  return std::make_shared<ApplicationCalls>(server_thread());
}

}  // namespace webrtcserver
