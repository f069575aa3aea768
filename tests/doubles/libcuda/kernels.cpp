// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernels, compiled for the CPU.
#include "cuda/kernels.cu"
