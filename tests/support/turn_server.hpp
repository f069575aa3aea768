// SPDX-License-Identifier: LGPL-2.1-or-later
// turn_server.hpp — a real coturn on a loopback address of the test's own.
#pragma once

#include <gio/gio.h>

#include <string>
#include <vector>

#include "base/ref.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver::test {

class TurnServer {
 public:
  static bool is_installed();

  // `options` say whom it lets in: "--lt-cred-mech", "--user=joe:secret". Waits until it listens;
  // throws when it does not start.
  explicit TurnServer(const std::vector<std::string>& options);
  ~TurnServer();
  TurnServer(const TurnServer&) = delete;
  TurnServer& operator=(const TurnServer&) = delete;

  // "127.4.5.6:41234"
  const std::string& place() const { return place_; }

 private:
  const TemporaryFolder folder_;
  std::string place_;
  Ref<GSubprocess> process_;
};

// A port on which nobody answers, of the same kind of address: "127.4.5.6:41234".
std::string free_place();

}  // namespace webrtcserver::test
