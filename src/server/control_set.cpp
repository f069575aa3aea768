// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_set.hpp"

#include <gst/gst.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/log.hpp"

namespace webrtcserver {

namespace {

ControlFault too_busy() {
  return {"busy", "", "The pipeline is still busy with what was wanted before."};
}

// One answer for several parts of a wish: the first fault, once all have been answered.
ControlDone collect(std::size_t parts, ControlDone done) {
  struct Answers {
    std::size_t missing;
    std::optional<ControlFault> fault;
  };
  const auto answers = std::make_shared<Answers>(Answers{parts, {}});
  return [answers, done = std::move(done)](const std::optional<ControlFault>& fault) {
    if (fault && !answers->fault) answers->fault = fault;
    if (--answers->missing == 0) done(answers->fault);
  };
}

}  // namespace

ControlSet::Handle ControlSet::add(std::vector<Control> controls, ControlSource source) {
  remove_known(controls);
  const bool others = !controls.empty();
  sources_.push_back({std::move(controls), std::make_shared<ControlWishes>(std::move(source))});
  if (others && listener_.tell_all) listener_.tell_all();
  return sources_.size() - 1;
}

void ControlSet::replace(Handle source, std::vector<Control> controls) {
  if (source >= sources_.size()) return;  // after close()
  sources_[source].controls.clear();
  remove_known(controls);
  sources_[source].controls = std::move(controls);
  ++revision_;
  if (listener_.tell_all) listener_.tell_all();
}

void ControlSet::remove_known(std::vector<Control>& newcomers) {
  std::erase_if(newcomers, [this](const Control& newcomer) {
    const bool known = find(newcomer.spec.name).control != nullptr;
    if (known)
      GST_CAT_WARNING(log::server(), "there is a control \"%s\" already",
                      newcomer.spec.name.c_str());
    return known;
  });
}

bool ControlSet::empty() const {
  return std::all_of(sources_.begin(), sources_.end(),
                     [](const Source& source) { return source.controls.empty(); });
}

ControlSet::Place ControlSet::find(const std::string& name) {
  for (Source& source : sources_) {
    const auto found =
        std::find_if(source.controls.begin(), source.controls.end(),
                     [&](const Control& control) { return control.spec.name == name; });
    if (found != source.controls.end()) return {&source, &*found};
  }
  return {};
}

ControlSet::Place ControlSet::require(const std::string& name) {
  const Place place = find(name);
  if (!place.control) {
    throw ControlFault(
        "unknown-control", quotable(name),
        empty() ? "This stream has no controls." : "There is no control of this name here.");
  }
  return place;
}

void ControlSet::set(const JsonReader& values, const std::string& by, const ControlDone& done) {
  std::map<std::shared_ptr<ControlWishes>, ControlValues> wanted;
  try {
    for (const std::string& name : values.members()) {
      const Place place = require(name);
      wanted[place.source->wishes].emplace(name, read_value(place.control->spec, values));
    }
  } catch (const ControlFault& fault) {
    return done(fault);
  }
  if (wanted.empty()) return done({});
  if (std::any_of(wanted.begin(), wanted.end(),
                  [&](const auto& part) { return part.first->full(by); }))
    return done(too_busy());
  const ControlDone part_done = collect(wanted.size(), done);
  for (auto& [wishes, part] : wanted) wishes->set(std::move(part), by, part_done);
}

void ControlSet::activate(const std::string& action, const std::string& by,
                          const ControlDone& done) {
  try {
    const Place place = require(action);
    if (place.control->spec.type != ControlSpec::Type::kAction) {
      throw ControlFault("type", action,
                         "\"" + action + "\" is no action; it has a value that can be set.");
    }
    const auto wishes = place.source->wishes;
    if (wishes->full(by)) throw too_busy();
    wishes->activate(action, by, done);
  } catch (const ControlFault& fault) {
    done(fault);
  }
}

void ControlSet::report(const std::string& name, const ControlValue& value, const std::string& by) {
  Control* control = find(name).control;
  if (!control || control->value == value) return;
  control->value = value;
  ++revision_;
  if (listener_.tell) {
    JsonWriter json;
    json.begin().add("type", "changed").add("rev", revision_).begin("values");
    write_value(json, name.c_str(), value);
    json.end();
    if (!by.empty()) json.add("by", by);
    listener_.tell(json.end().text());
  }
  if (listener_.changed) listener_.changed(name, value);
}

std::string ControlSet::describe(const Circumstances& now) const {
  JsonWriter json;
  json.begin().add("type", "controls").add("rev", revision_).add("role", now.role);
  json.add("state", now.state).add("runPolicy", now.run_policy).add("policy", now.policy);
  if (!now.holder.empty()) json.add("holder", now.holder);
  json.begin_array("controls");
  for (const Source& source : sources_)
    for (const Control& control : source.controls) write_control(json, control.spec, control.value);
  json.end_array();
  return json.end().text();
}

void ControlSet::close() {
  listener_ = {};
  for (const Source& source : std::exchange(sources_, {})) source.wishes->close();
}

}  // namespace webrtcserver
