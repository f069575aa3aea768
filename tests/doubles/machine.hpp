// SPDX-License-Identifier: LGPL-2.1-or-later
// machine.hpp — elements that this process has for a while: doubles of those of hardware, under
// their names.
#pragma once

#include <string>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver::doubles {

// An element registered under a name. One of that name that the machine really has steps aside and
// comes back. A type has one name for the life of the process.
class Registration {
 public:
  // `version`: of the plugin that the element is of ("1.20.7"); empty: it is of none.
  Registration(const std::string& name, GType type, guint rank = GST_RANK_NONE,
               const std::string& version = "");
  ~Registration();
  Registration(Registration&& other) noexcept = default;
  Registration& operator=(Registration&&) = delete;
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  Ref<GstPluginFeature> registered_;
  Ref<GstPluginFeature> hidden_;  // what had the name; may be null
};

// What one machine has. The elements go with it.
using Machine = std::vector<Registration>;

// Hides what the machine really has under a name.
class Absence {
 public:
  explicit Absence(const std::string& name);
  ~Absence();
  Absence(Absence&& other) noexcept = default;
  Absence& operator=(Absence&&) = delete;
  Absence(const Absence&) = delete;
  Absence& operator=(const Absence&) = delete;

 private:
  Ref<GstPluginFeature> hidden_;  // null: there was none
};

}  // namespace webrtcserver::doubles
