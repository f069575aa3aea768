// SPDX-License-Identifier: LGPL-2.1-or-later
// control_set.hpp — the controls of a stream: their values and who hears of changes. Server thread.
//
// The pipeline has the truth. A browser's wish is checked here, goes to the pipeline, and what the
// pipeline made of it comes back as a report, as every other change there does; each counts as one
// revision.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "server/control.hpp"

namespace webrtcserver {

class ControlSet : public std::enable_shared_from_this<ControlSet> {
 public:
  struct Control {
    ControlSpec spec;
    ControlValue value;
  };

  // What became of a wish: nothing, or why it was not done.
  using Done = std::function<void(const std::optional<ControlFault>&)>;
  // Gives checked values to the pipeline, which takes its time; `done` is called on the server
  // thread, after the reports of what changed.
  using Apply = std::function<void(const ControlValues& values, const std::string& by, Done done)>;

  ControlSet(std::vector<Control> controls, Apply apply);
  // Wishes that still wait are answered.
  ~ControlSet();
  ControlSet(const ControlSet&) = delete;
  ControlSet& operator=(const ControlSet&) = delete;

  // Gets each change as a message for browsers: {"type":"changed",…}
  void on_changed(std::function<void(const std::string& json)> tell) { tell_ = std::move(tell); }

  // All or nothing. While the pipeline is busy, wishes wait; of several for one control the last
  // counts.
  void set(const JsonReader& values, const std::string& by, Done done);
  // The value is another one in the pipeline. `by`: whose wish it was; empty: the pipeline's own.
  void report(const std::string& name, const ControlValue& value, const std::string& by);

  // {"type":"controls","rev":…,"role":…,"state":…,"runPolicy":…,"controls":[…]}
  std::string describe(const char* role, const char* state, const char* run_policy) const;

 private:
  struct Wish {
    ControlValues values;
    std::string by;
    Done done;
  };

  // Null: there is none.
  Control* find(const std::string& name);
  ControlValues read(const JsonReader& values);
  void apply_next();

  std::vector<Control> controls_;
  const Apply apply_;
  std::function<void(const std::string&)> tell_;
  std::int64_t revision_ = 0;
  std::deque<Wish> waiting_;
  bool applying_ = false;
};

}  // namespace webrtcserver
