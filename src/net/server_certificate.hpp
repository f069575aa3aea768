// SPDX-License-Identifier: LGPL-2.1-or-later
// server_certificate.hpp — the certificate that new connections get. It follows its files: what
// certbot or an administrator puts in their place is used without a restart, and a self-signed one
// is renewed in time. Connections that are open keep what they have.
#pragma once

#include <sys/stat.h>

#include <array>
#include <functional>
#include <string>

#include "base/loop_thread.hpp"
#include "net/tls.hpp"

namespace webrtcserver {

class ServerCertificate {
 public:
  // The files are looked at so often, and used when they have not changed since the look before:
  // certificate and key are seldom replaced in one step.
  static constexpr std::chrono::milliseconds kInterval{2'000};

  // Throws what load_tls() does. Any thread. `renew` brings self-signed files up to date; it may
  // throw.
  ServerCertificate(TlsFiles files, std::function<void()> renew);

  // From here on the server thread's.
  void watch(LoopThread& loop, std::chrono::milliseconds interval = kInterval);
  const Ref<GTlsCertificate>& current() const { return current_; }

 private:
  // Other files at the same path, or other contents, have another one.
  struct Identity {
    dev_t device;
    ino_t inode;
    off_t size;
    timespec changed;

    bool operator==(const Identity& other) const;
  };
  using Identities = std::array<Identity, 2>;

  Identities look() const;
  void tick();
  void reload();

  const TlsFiles files_;
  const std::function<void()> renew_;
  Identities used_;  // or in vain: of files that cannot be used there is one warning
  Identities seen_;
  Ref<GTlsCertificate> current_;
  Timer watching_;
  Timer renewing_;
};

}  // namespace webrtcserver
