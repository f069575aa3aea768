// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machines.hpp"

#include "doubles/station.hpp"

namespace webrtcserver::test {

namespace {

doubles::Machine everything() {
  doubles::Machine all;
  const auto add = [&all](doubles::Machine machine) {
    for (auto& element : machine) all.push_back(std::move(element));
  };
  add(doubles::jetson_converters());
  add(doubles::cuda_converters());
  add(doubles::va_converters());
  add(doubles::install(doubles::jetson()));
  add(doubles::install(doubles::desktop_nvidia(26)));
  add(doubles::install(doubles::va(22)));
  return all;
}

}  // namespace

void install_machines() {
  static const auto& machine = *new doubles::Machine(everything());
  (void)machine;
  for (const doubles::Contracts& contracts :
       {doubles::jetson(), doubles::desktop_nvidia(26), doubles::va(22)}) {
    for (const doubles::ElementContract* contract : contracts)
      doubles::Station::of(contract->factory).reset();
  }
}

doubles::Traffic Traffic::so_far() const {
  const auto now = doubles::traffic();
  return {now.uploads - begin_.uploads, now.downloads - begin_.downloads,
          now.on_device - begin_.on_device};
}

}  // namespace webrtcserver::test
