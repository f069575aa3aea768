// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_store.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"

namespace webrtcserver {

namespace {

// An application that counts something may set it as often as it likes; browsers are told no more
// often than their eyes can follow.
constexpr std::chrono::milliseconds kPause{40};

GQuark quark() {
  static const GQuark quark = g_quark_from_static_string("webrtcserver-control-store");
  return quark;
}

ControlFault gone(const std::string& name) {
  return {"gone", name, "The control has been removed."};
}

}  // namespace

std::vector<Control>::iterator ControlStore::locate(const std::string& name) {
  return std::find_if(controls_.begin(), controls_.end(),
                      [&](const Control& control) { return control.spec.name == name; });
}

void ControlStore::add(const Control& control) {
  const std::string& name = control.spec.name;
  if (!is_control_name(name)) {
    throw Error(ErrorCode::kFailed, "\"" + name +
                                        "\" cannot name a control; use up to 64 letters, digits, "
                                        "dots, hyphens and underscores.");
  }
  if (!g_utf8_validate(control.spec.label.c_str(), -1, nullptr))
    throw Error(ErrorCode::kFailed, "The label of \"" + name + "\" is no UTF-8.");
  if (control.spec.type != ControlSpec::Type::kAction) {
    try {
      check_value(control.spec, control.value);
    } catch (const ControlFault& fault) {
      throw Error(ErrorCode::kFailed, std::string("The value does not fit. ") + fault.what());
    }
  }
  {
    const std::scoped_lock lock(mutex_);
    const bool taken = locate(name) != controls_.end() ||
                       std::any_of(places_.begin(), places_.end(), [&](const Place& place) {
                         return place.others.count(name) > 0 && !place.set.expired();
                       });
    if (taken) throw Error(ErrorCode::kNameTaken, "There is a control \"" + name + "\" already.");
    if (controls_.size() >= kMaxControls) {
      throw Error(ErrorCode::kLimit, "There are " + std::to_string(kMaxControls) +
                                         " controls already, and no more can be added.");
    }
    controls_.push_back(control);
    added_.insert(name);
    other_controls_ = true;
  }
  tell_soon();
}

bool ControlStore::remove(const std::string& name) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = locate(name);
    if (found == controls_.end()) return false;
    controls_.erase(found);
    changed_.erase(name);
    other_controls_ = true;
  }
  tell_soon();
  return true;
}

bool ControlStore::store(const std::string& name, const ControlValue& value,
                         const std::string& by) {
  const std::scoped_lock lock(mutex_);
  const auto found = locate(name);
  if (found == controls_.end()) throw gone(name);
  // It may have been removed and added as another one since the value was checked.
  check_value(found->spec, value);
  if (found->value == value) return false;
  found->value = value;
  changed_[name] = by;
  return true;
}

void ControlStore::set(const std::string& name, const ControlValue& value) {
  if (!find(name))
    throw ControlFault("unknown-control", name, "There is no control \"" + name + "\".");
  if (store(name, value, "")) tell_soon();
}

std::optional<Control> ControlStore::find(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  for (const Control& control : controls_)
    if (control.spec.name == name) return control;
  return {};
}

std::vector<Control> ControlStore::controls() const {
  const std::scoped_lock lock(mutex_);
  return controls_;
}

void ControlStore::join(const std::shared_ptr<ControlSet>& set, std::set<std::string> others,
                        LoopThread& loop) {
  const std::weak_ptr<ControlStore> weak = weak_from_this();
  const auto handle = set->add(
      {}, {[weak](const ControlValues& values, const std::string& by, const ControlDone& done) {
             if (const auto self = weak.lock()) return self->apply(values, by, done);
             done(gone(""));
           },
           [weak](const std::string& action, const std::string& by, const ControlDone& done) {
             if (const auto self = weak.lock()) return self->activate(action, by, done);
             done(gone(action));
           }});
  std::vector<Control> now;
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(places_, [](const Place& place) { return place.set.expired(); });
    if (places_.empty()) {  // nobody was there to be told
      changed_.clear();
      other_controls_ = false;
      added_.clear();
    }
    loop_ = &loop;
    if (!calls_) calls_ = std::make_shared<ApplicationCalls>(loop);
    places_.push_back({set, handle, std::move(others)});
    now = controls_;
  }
  // What changes from here on is told on this thread, later.
  if (!now.empty()) set->replace(handle, std::move(now));
}

void ControlStore::apply(const ControlValues& values, const std::string& by,
                         const ControlDone& done) {
  run(
      [self = shared_from_this(), values, by] {
        const auto handler = self->handler_.lock();
        for (const auto& [name, value] : values) {
          const auto control = self->find(name);
          if (!self->store(name, value, by) || !handler || !control) continue;
          handler->on_changed(control->spec, value, by);
        }
      },
      done);
}

void ControlStore::activate(const std::string& action, const std::string& by,
                            const ControlDone& done) {
  run(
      [self = shared_from_this(), action, by] {
        if (!self->find(action)) throw gone(action);
        if (const auto handler = self->handler_.lock()) handler->on_activated(action, by);
      },
      done);
}

void ControlStore::run(std::function<void()> task, const ControlDone& done) {
  std::shared_ptr<ApplicationCalls> calls;
  LoopThread* loop = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    calls = calls_;
    loop = loop_;
  }
  calls->post([self = shared_from_this(), loop, task = std::move(task), done] {
    std::optional<ControlFault> fault;
    guard("a handler of controls", [&] {
      try {
        task();
      } catch (const ControlFault& caught) {
        fault = caught;
      }
    });
    loop->post([self, done, fault] {
      self->tell();  // ahead of the answer
      done(fault);
    });
  });
}

void ControlStore::tell_soon() {
  LoopThread* loop = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (!loop_ || telling_ != Telling::kIdle) return;
    telling_ = Telling::kPosted;
    loop = loop_;
  }
  loop->post([weak = weak_from_this(), loop] {
    const auto self = weak.lock();
    if (!self) return;
    self->tell();
    {
      const std::scoped_lock lock(self->mutex_);
      self->telling_ = Telling::kPaused;
    }
    // Kept by its own closure until it has run.
    auto timer = std::make_shared<Timer>();
    *timer = loop->after(kPause, [weak, timer] {
      const auto later = weak.lock();
      if (!later) return;
      bool more = false;
      {
        const std::scoped_lock lock(later->mutex_);
        later->telling_ = Telling::kIdle;
        more = later->other_controls_ || !later->changed_.empty();
      }
      if (more) later->tell_soon();
    });
  });
}

void ControlStore::tell() {
  std::vector<Control> all;
  std::vector<Place> places;
  std::map<std::string, std::string> changed;
  std::set<std::string> added;
  bool other_controls = false;
  {
    const std::scoped_lock lock(mutex_);
    changed = std::exchange(changed_, {});
    added = std::exchange(added_, {});
    other_controls = std::exchange(other_controls_, false);
    if (changed.empty() && !other_controls) return;
    all = controls_;
    places = places_;
  }
  for (const Place& place : places) {
    const auto set = place.set.lock();
    if (!set) continue;
    for (const Control& control : all) {
      // One that is not known yet comes with its value. Another one may be known by its name.
      if (added.count(control.spec.name) > 0) continue;
      if (const auto by = changed.find(control.spec.name); by != changed.end())
        set->report(control.spec.name, control.value, by->second);
    }
    if (other_controls) set->replace(place.handle, all);
  }
}

std::shared_ptr<ControlStore> ControlStore::of(GObject* object) {
  const auto* store = static_cast<std::shared_ptr<ControlStore>*>(
      object ? g_object_get_qdata(object, quark()) : nullptr);
  return store ? *store : nullptr;
}

void ControlStore::bind(GObject* object, const std::shared_ptr<ControlStore>& store) {
  g_object_set_qdata_full(object, quark(),
                          std::make_unique<std::shared_ptr<ControlStore>>(store).release(),
                          [](gpointer data) {
                            const std::unique_ptr<std::shared_ptr<ControlStore>> owned(
                                static_cast<std::shared_ptr<ControlStore>*>(data));
                          });
}

}  // namespace webrtcserver
