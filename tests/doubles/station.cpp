// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/station.hpp"

#include <map>

namespace webrtcserver::doubles {

Station& Station::of(const std::string& factory) {
  // Elements may outlive a test: never destroyed.
  static auto& mutex = *new std::mutex;
  static auto& stations = *new std::map<std::string, std::unique_ptr<Station>>;
  const std::scoped_lock lock(mutex);
  auto& station = stations[factory];
  if (!station) station = std::make_unique<Station>();
  return *station;
}

void Station::reset() {
  let_go();
  const std::scoped_lock lock(mutex_);
  const int open = seen_.open;
  const unsigned hanging = seen_.hanging;
  seen_ = {};
  seen_.open = open;
  seen_.hanging = hanging;
  behaviour_ = {};
}

void Station::set(const Behaviour& behaviour) {
  const std::scoped_lock lock(mutex_);
  behaviour_ = behaviour;
}

void Station::let_go() {
  {
    const std::scoped_lock lock(mutex_);
    ++era_;
    behaviour_.hangs = Behaviour::Hangs::kNever;
  }
  changed_.notify_all();
}

Behaviour Station::behaviour() const {
  const std::scoped_lock lock(mutex_);
  return behaviour_;
}

Station::Seen Station::seen() const {
  const std::scoped_lock lock(mutex_);
  return seen_;
}

std::string Station::value(const std::string& property) const {
  const std::scoped_lock lock(mutex_);
  std::string value;
  unsigned instance = 0;
  for (const Setting& setting : seen_.settings) {
    if (setting.property != property || setting.instance < instance) continue;
    instance = setting.instance;
    value = setting.value;
  }
  return value;
}

bool Station::wait(const std::function<bool(const Seen&)>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, test::kPatience, [&] { return condition(seen_); });
}

void Station::change(const std::function<void(Seen&)>& change) {
  {
    const std::scoped_lock lock(mutex_);
    change(seen_);
  }
  changed_.notify_all();
}

// A driver that does not answer does so at last: a test that has failed ends all the same.
void Station::hang() {
  std::unique_lock lock(mutex_);
  ++seen_.hanging;
  changed_.notify_all();
  changed_.wait_for(lock, 2 * test::kPatience, [this, era = era_] { return era_ != era; });
  --seen_.hanging;
  lock.unlock();
  changed_.notify_all();
}

bool Station::open_session() {
  bool opened = false;
  change([&](Seen& seen) {
    opened = behaviour_.sessions < 0 || seen.open < behaviour_.sessions;
    seen.open += opened ? 1 : 0;
    seen.refused += opened ? 0 : 1;
  });
  return opened;
}

void Station::close_session() {
  change([](Seen& seen) { --seen.open; });
}

}  // namespace webrtcserver::doubles
