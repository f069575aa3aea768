// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/viewer.hpp"

#include <numeric>

namespace webrtcserver::test {

namespace {

unsigned sum(const RemotePeer::Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0U,
                         [](unsigned total, const auto& entry) { return total + entry.second; });
}

}  // namespace

Viewer::Viewer(const std::string& url, std::vector<std::string> codecs)
    : Browser(url, {.codecs = std::move(codecs)}) {}

bool Viewer::watch() {
  return answer() && wait_media(1);
}

bool Viewer::wait_media(unsigned packets) {
  const unsigned before = received();
  return peer().wait(
      [&](const RemotePeer::Counts& counts) { return sum(counts) >= before + packets; });
}

unsigned Viewer::received() const {
  return sum(peer().received());
}

}  // namespace webrtcserver::test
