// SPDX-License-Identifier: LGPL-2.1-or-later
// memory.hpp — on which side pixels are.
#pragma once

namespace webrtcserver {
inline namespace v1 {

/// Where the pixels are.
enum class Memory {
  kCpu,    ///< The machine's own memory.
  kCuda,   ///< An NVIDIA GPU's. cuda_data() is its address there; data() brings it to the CPU.
  kOther,  ///< DMA buffers, VA-API, OpenGL …; data() brings it to the CPU where that is possible.
};

}  // namespace v1
}  // namespace webrtcserver
