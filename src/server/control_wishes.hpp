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

  // So many wait, of this session or of all, that another one of it would not be heeded.
  bool full(const std::string& by) const;
  // Checked values. While the source is busy they wait; of several for one control the last
  // counts, and those of which nothing is left are done.
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

  // Nothing of these is to be set any more. Those of which nothing is left wait no longer.
  std::deque<Wish> drop(const ControlValues& values);
  void add(Wish wish);
  void fulfil_next();

  ControlSource source_;
  std::deque<Wish> waiting_;
  bool busy_ = false;
  bool closed_ = false;
};

}  // namespace webrtcserver
