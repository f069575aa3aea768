// SPDX-License-Identifier: LGPL-2.1-or-later
// server_certificate.hpp — the certificate that new connections get. It follows its files: what
// certbot or an administrator puts in their place is used without a restart, and a self-signed one
// is renewed in time. Connections that are open keep what they have.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/loop_thread.hpp"
#include "base/serial_queue.hpp"
#include "net/tls.hpp"

namespace webrtcserver {

class ServerCertificate {
 public:
  struct Intervals {
    // The files are looked at so often, and used when they have not changed since the look before:
    // certificate and key are seldom replaced in one step.
    std::chrono::milliseconds look{2'000};
    std::chrono::milliseconds renew{std::chrono::hours(12)};
  };

  // Throws what load_tls() does. Any thread. `renew` brings self-signed files up to date; it may
  // throw, and runs on a SerialQueue.
  ServerCertificate(TlsFiles files, std::function<void()> renew);

  // On the server thread, as the end of this object. The files are read elsewhere: a disk, or
  // another program that holds their lock, may take its time.
  void watch(LoopThread& loop) { watch(loop, Intervals()); }
  void watch(LoopThread& loop, Intervals intervals);
  Ref<GTlsCertificate> current() const;  // any thread

 private:
  class Files;

  const std::shared_ptr<Files> files_;  // what is queued holds it weakly
  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create();
  Timer watching_;
  Timer renewing_;
};

}  // namespace webrtcserver
