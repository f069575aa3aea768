// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/libcuda/grid.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <regex>

#include "doubles/libcuda/kernel_host.hpp"
#include "doubles/libcuda/machine.hpp"

#define WEBRTCSERVER_DECLARED(Source, Destination) \
  extern "C" void WEBRTCSERVER_KERNEL_NAME(Source, Destination)(webrtcserver::KernelJob job);
WEBRTCSERVER_KERNELS(WEBRTCSERVER_DECLARED)

namespace libcuda_double {

namespace {

// The end of a kernel that a device would have crashed with.
struct Crash {
  cu::Result result;
  const char* violation;
};

thread_local int column = 0;
thread_local int row = 0;
thread_local int running_device = 0;
// Most accesses are to the allocation of the one before, or that before it.
thread_local std::shared_ptr<Allocation> recent[4];
thread_local unsigned next_recent = 0;

bool has(const Allocation& allocation, std::uintptr_t address, std::size_t bytes) {
  return address >= allocation.begin && address + bytes <= allocation.begin + allocation.size;
}

const Allocation* find(std::uintptr_t address, std::size_t bytes) {
  for (const auto& allocation : recent) {
    if (allocation && has(*allocation, address, bytes)) return allocation.get();
  }
  std::shared_ptr<Allocation> found = Machine::get().find(address);
  if (!found || !has(*found, address, bytes)) return nullptr;
  auto& place = recent[next_recent++ % 4];
  place = std::move(found);
  return place.get();
}

}  // namespace

int thread_column() {
  return column;
}
int thread_row() {
  return row;
}

void check_access(const void* address, std::size_t bytes) {
  const auto place = reinterpret_cast<std::uintptr_t>(address);
  if (place % bytes != 0)
    throw Crash{cu::kMisalignedAddress, "A kernel's access is not aligned to its size."};
  const Allocation* allocation = find(place, bytes);
  if (!allocation) throw Crash{cu::kIllegalAddress, "A kernel reaches beyond the allocations."};
  if (!allocation->is_host && allocation->device != running_device)
    throw Crash{cu::kIllegalAddress, "A kernel reaches for the memory of another device."};
}

std::set<std::string> kernels_in(std::string_view ptx) {
  std::set<std::string> kernels;
  if (ptx.find(".version") == std::string_view::npos ||
      ptx.find(".target") == std::string_view::npos ||
      ptx.find(".address_size 64") == std::string_view::npos) {
    return kernels;
  }
  const std::string text(ptx);
  static const std::regex kEntry(
      R"(\.entry\s+(\w+)\(\s*\.param\s+\.align\s+\d+\s+\.b8\s+\w+\[(\d+)\]\s*\))");
  for (std::sregex_iterator i(text.begin(), text.end(), kEntry), end; i != end; ++i) {
    // Another size is another structure than ours.
    if ((*i)[2] == std::to_string(sizeof(webrtcserver::KernelJob))) kernels.insert((*i)[1]);
  }
  return kernels;
}

void (*kernel_named(const std::string& name))(webrtcserver::KernelJob) {
#define WEBRTCSERVER_ROW(Source, Destination) \
  {#Source "_to_" #Destination, WEBRTCSERVER_KERNEL_NAME(Source, Destination)},
  static const std::map<std::string, void (*)(webrtcserver::KernelJob)> kKernels = {
      WEBRTCSERVER_KERNELS(WEBRTCSERVER_ROW)};
  const std::string prefix = "webrtcserver_";
  if (name.rfind(prefix, 0) != 0) return nullptr;
  const auto found = kKernels.find(name.substr(prefix.size()));
  return found == kKernels.end() ? nullptr : found->second;
}

void run_grid(const CUfunc_st& kernel, const webrtcserver::KernelJob& job, Size grid, Size block,
              int device) {
  running_device = device;
  try {
    for (row = 0; row < static_cast<int>(grid.y * block.y); ++row) {
      for (column = 0; column < static_cast<int>(grid.x * block.x); ++column) kernel.run(job);
    }
  } catch (const Crash& crash) {
    Machine::get().report(crash.violation);
    Machine::get().lose(crash.result);
  }
  for (auto& allocation : recent) allocation.reset();
}

}  // namespace libcuda_double
