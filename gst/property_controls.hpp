// SPDX-License-Identifier: LGPL-2.1-or-later
// property_controls.hpp — properties of elements as controls of a stream:
// "text=overlay.text;speed=mover.speed,min=0,max=100,label=Speed;x=mix.sink_0::xpos"
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/application_context.hpp"
#include "base/loop_thread.hpp"
#include "base/ref.hpp"
#include "server/control_set.hpp"

namespace webrtcserver {

class PropertyControls : public std::enable_shared_from_this<PropertyControls> {
 public:
  // Finds the properties in `pipeline`. Throws Error(kFailed) for what cannot be read, for an
  // element or property that is not there, and says which are; for one of a type that has no
  // control; for limits that are not within the property's own.
  static std::shared_ptr<PropertyControls> create(const std::string& text, GstBin* pipeline,
                                                  LoopThread& loop);
  ~PropertyControls();
  PropertyControls(const PropertyControls&) = delete;
  PropertyControls& operator=(const PropertyControls&) = delete;

  // What they are called.
  std::set<std::string> names() const;
  // Shows them in `set`, to which what changes in the pipeline is reported as long as both live.
  // Server thread.
  void join(const std::shared_ptr<ControlSet>& set);

 private:
  class Property;

  PropertyControls(GstBin* pipeline, LoopThread& loop);

  void apply(const ControlValues& values, const std::string& by, const ControlDone& done);
  // Where the application expects it. What could not be done, if anything.
  std::optional<ControlFault> write(const ControlValues& values);
  void report(const Property& property);
  // Whether the application has left its element where it was.
  bool is_there(const Property& property) const;

  mutable GWeakRef pipeline_{};
  LoopThread& loop_;
  const std::shared_ptr<ApplicationContext> context_;
  std::vector<std::unique_ptr<Property>> properties_;

  std::mutex mutex_;
  std::weak_ptr<ControlSet> set_;  // guarded by mutex_
};

}  // namespace webrtcserver
