// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/stream.hpp"

#include "server/session.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

const char* to_string(StreamState state) {
  switch (state) {
    case StreamState::kWaiting:
      return "waiting";
    case StreamState::kLive:
      return "live";
    case StreamState::kPaused:
      return "paused";
    case StreamState::kError:
      return "error";
  }
  return "error";
}

Stream::Stream(LoopThread& loop, const Settings& settings, std::weak_ptr<Observer> observer,
               std::function<void()> on_changed)
    : loop_(loop),
      settings_(settings),
      observer_(std::move(observer)),
      on_changed_(std::move(on_changed)),
      control_holder_(settings.control_policy, [this] { tell_holder(); }),
      run_(std::make_shared<RunState>(loop, settings.run)),
      navigation_(settings.navigate ? std::make_unique<Navigation>(settings.navigate) : nullptr) {
  follow_controls();
  run_->on_changed([this] { tell_run(); });
}

Stream::~Stream() {
  run_->close();
}

void Stream::set_paused(bool paused) {
  run_->set_paused(paused);
  on_paused_changed();
  announce_state();
}

void Stream::tell_run() {
  announce_state();
  send({}, JsonWriter()
               .begin()
               .add("type", "state")
               .add("state", run_->is_playing() ? "playing" : "stopped")
               .end()
               .text());
  changed();
}

void Stream::set_run(const RunSettings& settings) {
  run_->set_settings(settings);
  for (const auto& each : sessions()) each->tell_controls();
  changed();
}

void Stream::set_clock(const Ref<GstClock>& clock) {
  clock_ = clock;
  for (const auto& [name, session] : sessions_) session->set_clock(clock);
}

bool Stream::send(const std::optional<std::string>& session, const std::string& message) {
  if (!session) {
    for (const auto& each : sessions()) each->send(message);
    return true;
  }
  const auto found = sessions_.find(*session);
  if (found == sessions_.end()) return false;
  const auto target = found->second;
  target->send(message);
  return true;
}

// The set is this stream's own, and hears nothing of it once end() has closed it.
void Stream::follow_controls() {
  controls_->listen({[this](const std::string& json) { send({}, json); },
                     [this] {
                       for (const auto& each : sessions()) each->tell_controls();
                     },
                     [this](const std::string& name, const ControlValue& value) {
                       if (const auto observer = observer_.lock())
                         observer->on_control_changed(name, value);
                     }});
}

void Stream::tell_holder() {
  if (ended_) return;
  const std::string& holder = control_holder_.holder();
  release_input_but(holder);
  JsonWriter json;
  json.begin().add("type", "holder").add("rev", controls_->next_revision());
  holder.empty() ? json.add_json("holder", "null") : json.add("holder", holder);
  send({}, json.end().text());
}

bool Stream::has_controls() const {
  return !controls_->empty() || control_holder_.policy() != ControlPolicy::kAll ||
         run_->policy() != RunPolicy::kAlways;
}

std::string Stream::describe_controls(bool may_control) const {
  return controls_->describe({may_control ? "control" : "view", is_paused() ? "stopped" : "playing",
                              to_string(run_->policy()), to_string(control_holder_.policy()),
                              control_holder_.holder()});
}

std::optional<ControlFault> Stream::navigate(const std::string& session,
                                             const ControlRequest& request) {
  if (!navigation_) {
    return ControlFault("off", "",
                        "This pipeline takes no navigation events "
                        "(enable-data-channel-navigation is not set).");
  }
  try {
    navigation_->take(session, request);
  } catch (const ControlFault& fault) {
    return fault;
  }
  return {};
}

void Stream::release_input(const std::string& session) {
  if (navigation_) navigation_->release(session);
}

void Stream::release_input_but(const std::string& holder) {
  for (const auto& each : sessions())
    if (each->name() != holder) release_input(each->name());
}

void Stream::end(std::string_view reason, std::string_view message) {
  ended_ = true;
  for (const auto& session : sessions()) session->end(reason, message);
  // Here, since who waits for it is answered on this thread.
  controls_->close();
  run_->close();
}

void Stream::add(const std::shared_ptr<Session>& session) {
  // Ahead of its first message, which says who has control; the others are told.
  control_holder_.permit(session->name(), session->may_control());
  sessions_.emplace(session->name(), session);
  GST_INFO("stream %s: %s %s came; %u now", settings_.name.c_str(), session->role(),
           session->name().c_str(), session_count());
  follow_sessions();
  settings_.events->tell([&](auto& listener) { listener.on_session_added(session); });
  session->start();
  changed();
}

void Stream::remove(const Session& session) {
  if (sessions_.erase(session.name()) == 0) return;
  GST_INFO("stream %s: %s %s went; %u now", settings_.name.c_str(), session.role(),
           session.name().c_str(), session_count());
  follow_sessions();
  settings_.events->tell([&](auto& listener) { listener.on_session_removed(session); });
  control_holder_.permit(session.name(), false);
  changed();
}

void Stream::follow_sessions() {
  if (const auto observer = observer_.lock()) observer->on_sessions_changed(session_count());
  run_->set_viewers(session_count());
}

std::vector<std::shared_ptr<Session>> Stream::sessions() const {
  std::vector<std::shared_ptr<Session>> copies;
  for (const auto& [name, session] : sessions_) copies.push_back(session);
  return copies;
}

void Stream::count() {
  for (const auto& session : sessions()) session->count();
}

void Stream::announce_state() {
  const StreamState now = state();
  if (now == announced_) return;
  announced_ = now;
  for (const auto& session : sessions()) session->tell_state();
  changed();
}

void Stream::changed() {
  if (!ended_) on_changed_();
}

void Stream::describe(JsonWriter& json) const {
  json.begin_array("flags");
  for (const char* flag : flags()) json.element(flag);
  json.end_array();
  json.add("direction", direction() == Direction::kSend ? "out" : "in");
  json.add("peer_count", session_count()).add("name", settings_.name);
  json.add("state", to_string(state()));
  if (direction() == Direction::kSend) {
    json.add("pipeline", is_paused() ? "stopped" : "playing");
    json.add("run_policy", to_string(run_->policy()));
  }
  json.add(direction() == Direction::kSend ? "max_viewers" : "max_publishers",
           settings_.max_sessions);
  if (navigation_) json.add("navigation", true);
  json.begin_array("media");
  describe_media(json);
  json.end_array();
  json.add_json("meta", settings_.meta.empty() ? "{}" : settings_.meta);
}

}  // namespace webrtcserver
