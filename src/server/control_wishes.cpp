// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_wishes.hpp"

#include <algorithm>
#include <utility>

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxWaiting = 64;   // of all browsers together
constexpr std::ptrdiff_t kMaxOfOne = 16;  // one that floods leaves room for others

ControlFault gone() {
  return {"gone", "", "The pipeline is gone."};
}

}  // namespace

ControlWishes::ControlWishes(ControlSource source) : source_(std::move(source)) {}

ControlWishes::~ControlWishes() {
  close();
}

bool ControlWishes::full(const std::string& by) const {
  return waiting_.size() >= kMaxWaiting ||
         std::count_if(waiting_.begin(), waiting_.end(),
                       [&](const Wish& wish) { return wish.by == by; }) >= kMaxOfOne;
}

void ControlWishes::set(ControlValues values, const std::string& by, ControlDone done) {
  const auto dropped = drop(values);
  add({std::move(values), "", by, std::move(done)});
  for (const Wish& wish : dropped) wish.done({});
}

// What an earlier one wanted of the same control is not worth the source's time any more, unless an
// action in between is to see it.
std::deque<ControlWishes::Wish> ControlWishes::drop(const ControlValues& values) {
  std::deque<Wish> dropped;
  for (auto wish = waiting_.end(); wish != waiting_.begin();) {
    if (!(--wish)->action.empty()) break;
    for (const auto& [name, value] : values) wish->values.erase(name);
    if (!wish->values.empty()) continue;
    dropped.push_front(std::move(*wish));
    wish = waiting_.erase(wish);
  }
  return dropped;
}

void ControlWishes::activate(const std::string& action, const std::string& by, ControlDone done) {
  add({{}, action, by, std::move(done)});
}

void ControlWishes::add(Wish wish) {
  if (closed_) return wish.done(gone());
  waiting_.push_back(std::move(wish));
  if (!busy_) fulfil_next();
}

void ControlWishes::fulfil_next() {
  if (waiting_.empty()) return;
  Wish wish = std::move(waiting_.front());
  waiting_.pop_front();
  busy_ = true;
  auto done = [weak = weak_from_this(),
               done = std::move(wish.done)](const std::optional<ControlFault>& fault) {
    done(fault);
    const auto self = weak.lock();
    if (!self) return;
    self->busy_ = false;
    self->fulfil_next();
  };
  if (wish.action.empty()) return source_.apply(wish.values, wish.by, std::move(done));
  source_.activate(wish.action, wish.by, std::move(done));
}

void ControlWishes::close() {
  closed_ = true;
  for (Wish& wish : std::exchange(waiting_, {})) wish.done(gone());
}

}  // namespace webrtcserver
