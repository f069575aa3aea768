// SPDX-License-Identifier: LGPL-2.1-or-later
// gatekeeper.hpp — who is let into a server: whose token its file knows, and whom the application
// lets in, which is asked about everybody else. Server thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/loop_thread.hpp"
#include "net/authorizer.hpp"
#include "server/admission.hpp"

namespace webrtcserver {

class Gatekeeper {
 public:
  // At a time. Each holds a connection.
  static constexpr unsigned kMaxAsked = 64;
  // Of those, from one address; a proxy on this machine speaks for many.
  static constexpr unsigned kMaxAskedOfOne = 16;

  // False: so much is being asked already that this is not.
  using Ask = std::function<bool(const std::shared_ptr<Admission>&)>;
  // What a request would do on the stream of its path; nothing where it has none.
  using Wanted = std::function<std::optional<Permission>(const HttpRequest&)>;

  Gatekeeper(LoopThread& loop, Authorizer& authorizer, Wanted wanted)
      : loop_(loop), authorizer_(authorizer), wanted_(std::move(wanted)) {}

  // From here on somebody is asked. Who it is names themselves by `owner`; throws
  // Error(kSettingsConflict) where that is another. Nobody is let in unasked once they have gone.
  void set_ask(const void* owner, Ask ask);
  void remove_ask(const void* owner);

  GateDecision decide(const HttpRequest& request) const;

 private:
  void ask(const Admission::Question& question, const Admission::Done& done) const;

  LoopThread& loop_;
  Authorizer& authorizer_;
  const Wanted wanted_;
  using Addresses = std::multiset<std::string>;
  const std::shared_ptr<Addresses> asked_ =
      std::make_shared<Addresses>();  // who wait for an answer
  const void* owner_ = nullptr;
  Ask ask_;
};

}  // namespace webrtcserver
