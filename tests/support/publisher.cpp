// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/publisher.hpp"

#include <algorithm>

namespace webrtcserver::test {

Publisher::Publisher(const std::string& url, std::vector<RemotePeer::Source> sources,
                     std::vector<std::string> codecs)
    : Browser(url, {.codecs = std::move(codecs), .sources = std::move(sources)}) {}

bool Publisher::publish() {
  return answer() && wait_live();
}

bool Publisher::wait_live() {
  return signalling().wait([](const SignallingClient::Seen& seen) {
    return std::any_of(seen.messages.begin(), seen.messages.end(), [](const auto& message) {
      return message.type == "stream" && message.data.string("state") == "live";
    });
  });
}

}  // namespace webrtcserver::test
