// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_set.hpp"

#include <algorithm>
#include <utility>

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxWaiting = 64;  // of all browsers together

}  // namespace

ControlSet::ControlSet(std::vector<Control> controls, Apply apply)
    : controls_(std::move(controls)), apply_(std::move(apply)) {}

ControlSet::~ControlSet() {
  for (Wish& wish : waiting_) wish.done(ControlFault("gone", "", "The pipeline is gone."));
}

ControlSet::Control* ControlSet::find(const std::string& name) {
  const auto found = std::find_if(controls_.begin(), controls_.end(), [&](const Control& control) {
    return control.spec.name == name;
  });
  return found == controls_.end() ? nullptr : &*found;
}

ControlValues ControlSet::read(const JsonReader& values) {
  ControlValues checked;
  for (const std::string& name : values.members()) {
    const Control* control = find(name);
    if (!control) {
      throw ControlFault("unknown-control", quotable(name),
                         "There is no control of this name here.");
    }
    checked.emplace(name, read_value(control->spec, values));
  }
  return checked;
}

void ControlSet::set(const JsonReader& values, const std::string& by, Done done) {
  ControlValues checked;
  try {
    checked = read(values);
  } catch (const ControlFault& fault) {
    return done(fault);
  }
  if (checked.empty()) return done({});
  if (waiting_.size() >= kMaxWaiting) {
    return done(
        ControlFault("busy", "", "The pipeline is still busy with what was wanted before."));
  }
  // What an earlier one wanted of the same control is not worth the pipeline's time any more.
  for (Wish& wish : waiting_)
    for (const auto& [name, value] : checked) wish.values.erase(name);
  waiting_.push_back({std::move(checked), by, std::move(done)});
  if (!applying_) apply_next();
}

void ControlSet::apply_next() {
  while (!waiting_.empty()) {
    Wish wish = std::move(waiting_.front());
    waiting_.pop_front();
    if (wish.values.empty()) {
      wish.done({});
      continue;
    }
    applying_ = true;
    apply_(wish.values, wish.by,
           [weak = weak_from_this(),
            done = std::move(wish.done)](const std::optional<ControlFault>& fault) {
             done(fault);
             const auto self = weak.lock();
             if (!self) return;
             self->applying_ = false;
             self->apply_next();
           });
    return;
  }
}

void ControlSet::report(const std::string& name, const ControlValue& value, const std::string& by) {
  Control* control = find(name);
  if (!control || control->value == value) return;
  control->value = value;
  ++revision_;
  if (!tell_) return;
  JsonWriter json;
  json.begin().add("type", "changed").add("rev", revision_).begin("values");
  write_value(json, name.c_str(), value);
  json.end();
  if (!by.empty()) json.add("by", by);
  tell_(json.end().text());
}

std::string ControlSet::describe(const char* role, const char* state,
                                 const char* run_policy) const {
  JsonWriter json;
  json.begin().add("type", "controls").add("rev", revision_).add("role", role).add("state", state);
  json.add("runPolicy", run_policy);
  json.begin_array("controls");
  for (const Control& control : controls_) write_control(json, control.spec, control.value);
  json.end_array();
  return json.end().text();
}

}  // namespace webrtcserver
