// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcserver-far-viewer URL ADDRESS — a browser in another network: watches the stream at URL
// ("ws://10.0.0.1:8554/output") from its own ADDRESS. Prints "media" once it comes, or else the
// words with which the server lets it go.
#include <gst/gst.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "support/browser.hpp"
#include "support/patience.hpp"

namespace {

using webrtcserver::test::Browser;

int watch(const char* url, const char* address) {
  Browser browser(url, {.address = address});
  if (!browser.answer()) {
    std::puts("no offer");
    return 1;
  }
  // The server gives a session 15 seconds, and two more to find out what is wrong.
  const auto deadline = std::chrono::steady_clock::now() + 3 * webrtcserver::test::kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (!browser.peer().received().empty()) {
      std::puts("media");
      return 0;
    }
    const std::string error = browser.signalling().seen().text("error", "message");
    if (!error.empty()) {
      std::puts(error.c_str());
      return 0;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::puts("nothing");
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  gst_init(&count, &arguments);
  if (count != 3) {
    std::fputs("webrtcserver-far-viewer URL ADDRESS\n", stderr);
    return 2;
  }
  return watch(arguments[1], arguments[2]);
}
