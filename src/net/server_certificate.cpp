// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/server_certificate.hpp"

#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

constexpr std::chrono::hours kRenewalInterval{12};

}  // namespace

bool ServerCertificate::Identity::operator==(const Identity& other) const {
  return device == other.device && inode == other.inode && size == other.size &&
         changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec;
}

ServerCertificate::ServerCertificate(TlsFiles files, std::function<void()> renew)
    : files_(std::move(files)),
      renew_(std::move(renew)),
      used_(look()),
      seen_(used_),
      current_(load_tls(files_)) {}

// A file monitor would miss what happens behind a symbolic link or on a network's file system, and
// both are where certificates live.
void ServerCertificate::watch(LoopThread& loop, std::chrono::milliseconds interval) {
  watching_ = loop.every(interval, [this] {
    tick();
    return true;
  });
  if (!files_.self_signed || !renew_) return;
  renewing_ = loop.every(kRenewalInterval, [this] {
    try {
      renew_();
    } catch (const Error& error) {
      GST_WARNING("%s", error.what());
    }
    return true;
  });
}

ServerCertificate::Identities ServerCertificate::look() const {
  const auto identity = [](const std::string& path) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) return Identity{};
    return Identity{found.st_dev, found.st_ino, found.st_size, found.st_mtim};
  };
  return {identity(files_.certificate), identity(files_.key)};
}

void ServerCertificate::tick() {
  const Identities now = look();
  if (std::exchange(seen_, now) != now || now == used_) return;
  used_ = now;
  reload();
}

void ServerCertificate::reload() {
  try {
    current_ = load_tls(files_);
    GST_INFO("The TLS certificate “%s” is in use now: SHA-256 %s", files_.certificate.c_str(),
             sha256_of(current_.get()).c_str());
  } catch (const Error& error) {
    GST_WARNING("%s The certificate before it stays in use.", error.what());
  }
}

}  // namespace webrtcserver
