// SPDX-License-Identifier: LGPL-2.1-or-later
// viewer.hpp — a browser that watches a stream.
#pragma once

#include <string>
#include <vector>

#include "support/browser.hpp"

namespace webrtcserver::test {

class Viewer : public Browser {
 public:
  // `codecs`: the encoding names it knows; empty: all.
  explicit Viewer(const std::string& url, std::vector<std::string> codecs = {});

  // Answers, and waits until media has come.
  bool watch();
  // Waits for `packets` more of any source; retransmissions count.
  bool wait_media(unsigned packets);
  // The packets so far.
  unsigned received() const;
};

}  // namespace webrtcserver::test
