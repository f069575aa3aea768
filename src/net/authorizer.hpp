// SPDX-License-Identifier: LGPL-2.1-or-later
// authorizer.hpp — from a request's token to what its sender may do. It follows its file: what an
// administrator changes counts without a restart, and a file that cannot be used changes nothing.
// Server thread, but for the constructor.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "base/loop_thread.hpp"
#include "base/serial_queue.hpp"
#include "net/grant.hpp"
#include "net/http.hpp"
#include "net/token_file.hpp"

namespace webrtcserver {

class Authorizer {
 public:
  // A token that is longer is nobody's.
  static constexpr std::size_t kMaxToken = 8 * 1024;  // bytes

  // The refusal is a problem document: 400 for a request that names two tokens, 401 for one without
  // a token that counts, and 403 for a token that allows something else.
  using Verdict = std::variant<Grant, HttpResponse>;

  struct Events {
    std::function<void()> changed;                       // the file says something else
    std::function<void(const std::string&)> unreadable;  // and what it said before still counts
  };

  // An empty path: everybody may do everything. Throws what TokenFile::load() does. Any thread.
  explicit Authorizer(std::string path);
  ~Authorizer();

  // Until its end. The file is used once it has not changed for an interval, since editors may
  // write it in pieces; it is read elsewhere, since a disk may take its time.
  void watch(LoopThread& loop, Events events,
             std::chrono::milliseconds interval = std::chrono::seconds(1));

  // Whether tokens are asked for.
  bool asks() const { return !path_.empty() || always_; }
  // From here on, also without a file, which then knows none.
  void ask_always() { always_ = true; }
  // What the request names, which need not be one; empty: none, or two.
  static std::string token_of(const HttpRequest& request);
  Verdict identify(const HttpRequest& request) const;
  Verdict authorize(const HttpRequest& request, const std::string& stream,
                    Permission permission) const;
  // Of grants that no file knows: renew() does not find those of this token. Empty: it does.
  void revoke(const std::string& token) { revoked_ = token; }
  // What the grant's token is good for now; nothing when it is not any more, or is being revoked.
  std::optional<Grant> renew(const Grant& grant) const;

 private:
  class Follower;

  // What is wrong with the token, in a sentence.
  std::variant<Grant, std::string> check(const std::string& token) const;

  const std::string path_;
  std::atomic<bool> always_{false};
  std::string revoked_;                    // empty but for the time of a look at all grants
  std::shared_ptr<const TokenFile> file_;  // null where there is none
  std::shared_ptr<Follower> follower_;     // what is queued holds it weakly
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // held by nobody else
  Timer watching_;
};

}  // namespace webrtcserver
