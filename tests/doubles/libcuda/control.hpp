// SPDX-License-Identifier: LGPL-2.1-or-later
// control.hpp — what a test says to the double of the CUDA driver, which it has loaded by dlopen():
// the functions are found by libcuda_double_control().
#pragma once

#include <cstddef>
#include <string>
#include <vector>

struct CUstream_st;

namespace libcuda_double {

struct Control {
  void (*reset)();
  void (*set_device_count)(int count);
  void (*fail)(const char* symbol, int result, int calls);
  void (*hold)(bool is_held);
  // One stream alone.
  void (*hold_stream)(CUstream_st* stream, bool is_held);
  std::vector<std::string> (*take_violations)();
  std::size_t (*allocations)();
  // A lost device takes its memory with it.
  void (*forget)();
  // A function of the driver's that the program itself does not call.
  void* (*symbol)(const char* name);
  // Copies between a device and the CPU's memory, and page-locked memory that was allocated: what a
  // picture that stays on its device costs none of.
  std::size_t (*crossings)();
};

}  // namespace libcuda_double

extern "C" const libcuda_double::Control* libcuda_double_control();
