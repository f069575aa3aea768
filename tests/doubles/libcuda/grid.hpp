// SPDX-License-Identifier: LGPL-2.1-or-later
// grid.hpp — modules and kernels of the double: the kernels of src/cuda/kernels.cu, as C++.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cuda/driver_api.hpp"
#include "cuda/kernel_job.hpp"

struct CUfunc_st {
  std::string name;
  void (*run)(webrtcserver::KernelJob) = nullptr;
};

struct CUmod_st {
  std::set<std::string> kernels;
  std::vector<CUfunc_st*> functions;
};

namespace libcuda_double {

namespace cu = webrtcserver::cu;

// The kernels of that PTX; none where it is not one that a driver would take.
std::set<std::string> kernels_in(std::string_view ptx);

// A kernel as C++, or null.
void (*kernel_named(const std::string& name))(webrtcserver::KernelJob);

struct Size {
  unsigned x;
  unsigned y;
};

// Every thread of the grid after the other. An access that a device would not survive loses it.
void run_grid(const CUfunc_st& kernel, const webrtcserver::KernelJob& job, Size grid, Size block,
              int device);

}  // namespace libcuda_double
