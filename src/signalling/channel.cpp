// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/channel.hpp"

#include "base/ref.hpp"
#include "net/http.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxAgent = 256;  // bytes; browsers need 150

}  // namespace

Channel::Client client_of(const HttpRequest& request) {
  const std::string agent = request.header("user-agent").value_or("").substr(0, kMaxAgent);
  return {request.peer_address,
          take_string(g_utf8_make_valid(agent.c_str(), static_cast<gssize>(agent.size())))};
}

}  // namespace webrtcserver
