// SPDX-License-Identifier: LGPL-2.1-or-later
// acceptor.hpp — takes connections from listening sockets, refuses those over the limits, and
// speaks TLS. Server thread.
//
// libsoup would do this too, but its listener ends for good at the first accept() that fails, such
// as when the process has no file descriptor left for a moment, and it has no limits.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "base/loop_thread.hpp"
#include "base/ref.hpp"
#include "net/connection_table.hpp"
#include "net/server_certificate.hpp"

namespace webrtcserver {

class Acceptor {
 public:
  // `stream` may be read and written: plain, or TLS after its handshake.
  using Ready = std::function<void(Ref<GIOStream> stream, std::shared_ptr<Connection> connection)>;

  struct Timeouts {
    std::chrono::milliseconds request;  // acceptance, or the end of TLS's handshake → whole request
    std::chrono::milliseconds handshake;  // the handshake itself, once it has its slot
  };

  // `certificate` may be null: no TLS. It outlives the acceptor. Connections come with the deadline
  // of their request.
  Acceptor(LoopThread& loop, std::shared_ptr<ConnectionTable> table,
           std::vector<Ref<GSocket>> sockets, const ServerCertificate* certificate,
           Timeouts timeouts, Ready ready);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;  // handshakes hold it weakly
};

}  // namespace webrtcserver
