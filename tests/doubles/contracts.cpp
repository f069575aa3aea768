// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/contracts.hpp"

#include <algorithm>

#include "doubles/hardware_element.hpp"

namespace webrtcserver::doubles {

Contracts all_contracts() {
  Contracts all;
  for (const Contracts& machine : {jetson(), deepstream(), desktop_nvidia(20), desktop_nvidia(22),
                                   desktop_nvidia(24), desktop_nvidia(26), desktop_nvidia(28),
                                   va(22), va(26), raspberry_pi(20), raspberry_pi(24)}) {
    for (const ElementContract* contract : machine) {
      if (std::find(all.begin(), all.end(), contract) == all.end()) all.push_back(contract);
    }
  }
  return all;
}

Machine install(const Contracts& contracts) {
  Machine machine;
  for (const ElementContract* contract : contracts) machine.push_back(install(*contract));
  return machine;
}

}  // namespace webrtcserver::doubles
