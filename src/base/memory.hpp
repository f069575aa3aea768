// SPDX-License-Identifier: LGPL-2.1-or-later
// memory.hpp — gives memory that is free back to the system. Any thread but a streaming one.
#pragma once

namespace webrtcserver {

// Encoders and peers come and go with their threads, and each thread's malloc arena keeps what it
// once needed: without this a server grows with every viewer that ever came. At most once in two
// seconds; takes milliseconds. Nothing where the C library is not glibc.
void return_free_memory();

}  // namespace webrtcserver
