// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice_journal.hpp"

#include <algorithm>
#include <atomic>

#include "base/serial_queue.hpp"
#include "rtc/turn_probe.hpp"

namespace webrtcserver {

namespace {

std::vector<IceServer> turn_servers(const IceSettings& settings, const std::string& session) {
  std::vector<IceServer> servers = ice_servers(settings, session);
  servers.erase(std::remove_if(servers.begin(), servers.end(), is_stun), servers.end());
  return servers;
}

}  // namespace

IceJournal::IceJournal(IceSettings settings, const std::string& session)
    : settings_(std::move(settings)), servers_(turn_servers(settings_, session)) {
  facts_.relay_only = settings_.relay_only;
  facts_.ports_limited = settings_.min_port > 0;
  for (const IceServer& server : servers_) facts_.turn.push_back({server.url});
}

void IceJournal::take_local(std::string_view candidate) {
  const std::scoped_lock lock(mutex_);
  facts_.local.count(candidate);
}

void IceJournal::take_remote(std::string_view candidate, CandidateVerdict verdict) {
  const std::scoped_lock lock(mutex_);
  if (verdict == CandidateVerdict::kUse) {
    facts_.remote.count(candidate);
  } else {
    ++(candidate.find(".local ") != std::string_view::npos ? facts_.remote.hidden
                                                           : facts_.remote.left_out);
  }
}

void IceJournal::set_answered() {
  const std::scoped_lock lock(mutex_);
  facts_.answered = true;
}

void IceJournal::set_path_found() {
  const std::scoped_lock lock(mutex_);
  facts_.path_found = true;
}

void IceJournal::set_path_lost() {
  const std::scoped_lock lock(mutex_);
  reason_ = "path-lost";
}

IceFacts IceJournal::facts() const {
  const std::scoped_lock lock(mutex_);
  return facts_;
}

std::string IceJournal::reason() const {
  const std::scoped_lock lock(mutex_);
  return reason_;
}

IceReport IceJournal::report() {
  const std::scoped_lock lock(mutex_);
  IceReport report = webrtcserver::explain(facts_);
  reason_ = report.reason;
  return report;
}

void IceJournal::explain(const std::function<void(IceReport)>& receive) {
  const IceFacts known = facts();
  if (servers_.empty() || known.local.relay > 0 || !known.answered || known.path_found)
    return receive(report());
  const auto left = std::make_shared<std::atomic<std::size_t>>(servers_.size());
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    // Each on a queue of its own: they are asked side by side.
    SerialQueue::create(SerialQueue::Pool::kNetwork)
        ->post([self = shared_from_this(), i, left, receive] {
          self->ask(i);
          if (--*left == 0) receive(self->report());
        });
  }
}

void IceJournal::ask(std::size_t index) {
  // The text and the secret, since a server may be named with several users.
  const std::string key = settings_.turn_servers[index] + "\n" + settings_.turn_secret;
  const TurnFinding finding = find_out(servers_[index], key, cancellable_.get());
  const std::scoped_lock lock(mutex_);
  facts_.turn[index].finding = finding;
}

void IceJournal::cancel() {
  g_cancellable_cancel(cancellable_.get());
}

}  // namespace webrtcserver
