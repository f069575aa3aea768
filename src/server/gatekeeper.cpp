// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/gatekeeper.hpp"

#include <gio/gio.h>

#include <utility>

#include "base/error.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

namespace {

// Whom one machine can pretend to be: its address, and of IPv6 whatever its network has. Empty:
// this machine.
std::string neighbourhood_of(const std::string& address) {
  const auto numeric = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(address.c_str()));
  if (!numeric || g_inet_address_get_is_loopback(numeric.get())) return "";
  if (g_inet_address_get_family(numeric.get()) != G_SOCKET_FAMILY_IPV6) return address;
  constexpr std::size_t kNetwork = 8;  // bytes
  return {reinterpret_cast<const char*>(g_inet_address_to_bytes(numeric.get())), kNetwork};
}

}  // namespace

void Gatekeeper::set_ask(const void* owner, Ask ask) {
  if (owner_ && owner_ != owner) {
    throw Error(ErrorCode::kSettingsConflict,
                "Another server object at this address decides already who may come in.");
  }
  owner_ = owner;
  ask_ = std::move(ask);
  authorizer_.ask_always();
}

void Gatekeeper::remove_ask(const void* owner) {
  if (owner_ != owner) return;
  owner_ = nullptr;
  ask_ = {};
}

GateDecision Gatekeeper::decide(const HttpRequest& request) const {
  auto verdict = authorizer_.identify(request);
  const auto* refusal = std::get_if<HttpResponse>(&verdict);
  if (!refusal) return {};
  constexpr int kUnauthorized = 401;
  if (!ask_ || refusal->status != kUnauthorized) return *refusal;
  Admission::Question question;
  question.request = request;
  question.token = Authorizer::token_of(request);
  const auto stream = request.captures.find("stream");
  question.permission = wanted_(request);
  if (question.permission && stream != request.captures.end()) question.stream = stream->second;
  question.refusal = *refusal;
  return GateLater{*refusal, [this, question](const auto& done) { ask(question, done); }};
}

void Gatekeeper::ask(const Admission::Question& question, const Admission::Done& done) const {
  const std::string who = neighbourhood_of(question.request.peer_address);
  const bool many = !who.empty() && asked_->count(who) >= kMaxAskedOfOne;
  if (many || asked_->size() >= kMaxAsked)
    return std::make_shared<Admission>(loop_, question, done)->put_off();
  asked_->insert(who);
  const auto admission = std::make_shared<Admission>(
      loop_, question, [asked = asked_, who, done](const GateAnswer& answer) {
        asked->erase(asked->find(who));
        done(answer);
      });
  if (!ask_(admission)) admission->put_off();
}

}  // namespace webrtcserver
