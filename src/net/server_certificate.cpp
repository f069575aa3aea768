// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/server_certificate.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/file_identity.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

using Identities = std::array<FileIdentity, 2>;

Identities look(const TlsFiles& files) {
  return {FileIdentity::of(files.certificate), FileIdentity::of(files.key)};
}

}  // namespace

// The files and what was last read from them. One task of the queue at a time, but for current().
class ServerCertificate::Files : public std::enable_shared_from_this<ServerCertificate::Files> {
 public:
  Files(TlsFiles files, std::function<void()> renew)
      : files_(std::move(files)),
        renew_(std::move(renew)),
        used_(look(files_)),
        seen_(used_),
        current_(load_tls(files_)) {}

  bool are_renewed() const { return files_.self_signed && renew_; }

  Ref<GTlsCertificate> current() const {
    const std::scoped_lock lock(mutex_);
    return current_;
  }

  void follow() {
    const Identities now = look(files_);
    if (std::exchange(seen_, now) != now || now == used_) return;
    used_ = now;
    try {
      auto loaded = load_tls(files_);
      GST_INFO("The TLS certificate “%s” is in use now: SHA-256 %s", files_.certificate.c_str(),
               sha256_of(loaded.get()).c_str());
      const std::scoped_lock lock(mutex_);
      std::swap(current_, loaded);
    } catch (const Error& error) {
      GST_WARNING("%s The certificate before it stays in use.", error.what());
    }
  }

  void renew() {
    try {
      renew_();
    } catch (const Error& error) {
      GST_WARNING("%s", error.what());
    }
  }

  // Posts the task unless the one before has not begun: behind a disk that hangs none pile up.
  void post(SerialQueue& queue, std::atomic<bool> Files::*waits, void (Files::*task)()) {
    if ((this->*waits).exchange(true)) return;
    queue.post([weak = weak_from_this(), waits, task] {
      const auto self = weak.lock();
      if (!self) return;
      self.get()->*waits = false;
      (self.get()->*task)();
    });
  }

  std::atomic<bool> follow_waits = false;
  std::atomic<bool> renew_waits = false;

 private:
  const TlsFiles files_;
  const std::function<void()> renew_;
  Identities used_;  // or in vain: of files that cannot be used there is one warning
  Identities seen_;
  mutable std::mutex mutex_;
  Ref<GTlsCertificate> current_;  // guarded by mutex_
};

ServerCertificate::ServerCertificate(TlsFiles files, std::function<void()> renew)
    : files_(std::make_shared<Files>(std::move(files), std::move(renew))) {}

void ServerCertificate::watch(LoopThread& loop, Intervals intervals) {
  watching_ = loop.every(intervals.look, [this] {
    files_->post(*queue_, &Files::follow_waits, &Files::follow);
    return true;
  });
  if (!files_->are_renewed()) return;
  renewing_ = loop.every(intervals.renew, [this] {
    files_->post(*queue_, &Files::renew_waits, &Files::renew);
    return true;
  });
}

Ref<GTlsCertificate> ServerCertificate::current() const {
  return files_->current();
}

}  // namespace webrtcserver
