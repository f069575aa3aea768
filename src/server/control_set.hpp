// SPDX-License-Identifier: LGPL-2.1-or-later
// control_set.hpp — the controls of a stream: their values and who hears of changes. Server thread.
//
// Their sources have the truth: the pipeline, or the application. A browser's wish is checked here,
// goes to the source, and what became of it there comes back as a report, as every other change
// does; each counts as one revision.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "server/control.hpp"
#include "server/control_wishes.hpp"

namespace webrtcserver {

class ControlSet {
 public:
  // Who hears of changes; all of it is optional.
  struct Listener {
    // A message for every browser: {"type":"changed",…}
    std::function<void(const std::string& json)> tell;
    // There are other controls than before: browsers are to be told all of it.
    std::function<void()> tell_all;
    std::function<void(const std::string& name, const ControlValue& value)> changed;
  };

  // What stands around the controls in their description.
  struct Circumstances {
    const char* role;        // of who reads it: "view" or "control"
    const char* state;       // of the pipeline: "playing" or "stopped"
    const char* run_policy;  // what decides it: "always", "on-demand" or "manual"
    const char* policy;      // who may change something: "all", "first" or "exclusive"
    std::string holder;      // the session that has control under this policy; empty: none
  };

  // To name a source by.
  using Handle = std::size_t;

  void listen(Listener listener) { listener_ = std::move(listener); }

  // Further controls. Of two with one name the first stays.
  Handle add(std::vector<Control> controls, ControlSource source);
  // Those of a source are others now.
  void replace(Handle source, std::vector<Control> controls);
  bool empty() const;

  // All or nothing, as far as it can be known before it is done.
  void set(const JsonReader& values, const std::string& by, const ControlDone& done);
  void activate(const std::string& action, const std::string& by, const ControlDone& done);
  // The value is another one in the pipeline. `by`: whose wish it was; empty: the pipeline's own.
  void report(const std::string& name, const ControlValue& value, const std::string& by);

  // Something else that browsers know by its revision has changed: which it is.
  std::int64_t next_revision() { return ++revision_; }
  // {"type":"controls","rev":…,"role":…,"state":…,"runPolicy":…,"policy":…,"holder":…,"controls":[…]}
  std::string describe(const Circumstances& now) const;

  // There are none any more; wishes that wait are answered.
  void close();

 private:
  struct Source {
    std::vector<Control> controls;
    std::shared_ptr<ControlWishes> wishes;
  };
  struct Place {
    Source* source = nullptr;  // null: there is none of the name
    Control* control = nullptr;
  };

  Place find(const std::string& name);
  // Throws ControlFault.
  Place require(const std::string& name);
  void remove_known(std::vector<Control>& newcomers);

  Listener listener_;
  std::vector<Source> sources_;
  std::int64_t revision_ = 0;
};

}  // namespace webrtcserver
