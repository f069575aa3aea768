// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/gatekeeper.hpp"

#include <utility>

#include "base/error.hpp"

namespace webrtcserver {

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
  if (*asked_ >= kMaxAsked) return std::make_shared<Admission>(loop_, question, done)->put_off();
  ++*asked_;
  const auto admission = std::make_shared<Admission>(
      loop_, question, [asked = asked_, done](const GateAnswer& answer) {
        --*asked;
        done(answer);
      });
  if (!ask_(admission)) admission->put_off();
}

}  // namespace webrtcserver
