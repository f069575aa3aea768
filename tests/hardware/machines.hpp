// SPDX-License-Identifier: LGPL-2.1-or-later
// machines.hpp — the hardware that this process has: a Jetson's, a graphics card's and VA-API's at
// once, since the elements look at what there is once in the life of a process. Which of it is used
// follows from the memory that pictures are in.
#pragma once

#include "doubles/contracts.hpp"
#include "doubles/converters.hpp"

namespace webrtcserver::test {

// In place for as long as the process lives. Its stations are forgotten at each call.
void install_machines();

// What went over the bus, or was refused to the CPU, since it was made.
class Traffic {
 public:
  doubles::Traffic so_far() const;
  unsigned refused() const { return doubles::refused_maps() - refused_; }

 private:
  const doubles::Traffic begin_ = doubles::traffic();
  const unsigned refused_ = doubles::refused_maps();
};

}  // namespace webrtcserver::test
