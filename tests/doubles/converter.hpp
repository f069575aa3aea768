// SPDX-License-Identifier: LGPL-2.1-or-later
// converter.hpp — the element class behind the doubles of converters.
#pragma once

#include "doubles/device_memory.hpp"

namespace webrtcserver::doubles {

// What an element may change besides the memory.
enum class Change { kMemory, kFormat, kSize, kBoth, kFields };

// Lives for the life of the process.
struct ConverterContract {
  const char* name;
  const char* type_name;
  const char* sink_caps;
  const char* src_caps;
  Change change;
  MemoryKind device;  // whose context it needs
};

GType converter_type(const ConverterContract& contract);

}  // namespace webrtcserver::doubles
