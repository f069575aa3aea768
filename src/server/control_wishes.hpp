// SPDX-License-Identifier: LGPL-2.1-or-later
// control_wishes.hpp — what browsers wish of one source of controls, fulfilled one after another.
// Server thread.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "server/control.hpp"

namespace webrtcserver {

class ControlWishes : public std::enable_shared_from_this<ControlWishes> {
 public:
  explicit ControlWishes(ControlSource source);
  // Wishes that still wait are answered.
  ~ControlWishes();
  ControlWishes(const ControlWishes&) = delete;
  ControlWishes& operator=(const ControlWishes&) = delete;

  // So many wait that another one would not be heeded.
  bool full() const;
  // Checked values. While the source is busy they wait; of several for one control the last
  // counts.
  void set(ControlValues values, const std::string& by, ControlDone done);
  // After the values that were wished before, and before those that are wished later.
  void activate(const std::string& action, const std::string& by, ControlDone done);
  // Answers all that wait; what is wished later is not done.
  void close();

 private:
  struct Wish {
    ControlValues values;
    std::string action;  // empty: values are set
    std::string by;
    ControlDone done;
  };

  void add(Wish wish);
  void fulfil_next();

  ControlSource source_;
  std::deque<Wish> waiting_;
  bool busy_ = false;
  bool closed_ = false;
};

}  // namespace webrtcserver
