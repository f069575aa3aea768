// SPDX-License-Identifier: LGPL-2.1-or-later
// secrets.hpp — what the program says goes into logs and the journal, which more people read than
// may know a camera's password. A plain function.
#pragma once

#include <string>

// The sentence, without the passwords and tokens of the addresses in it.
std::string without_secrets(const std::string& sentence);
