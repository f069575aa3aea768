// SPDX-License-Identifier: LGPL-2.1-or-later
// sanitizers.hpp — whether the library under test was built with sanitizers. Not a macro: what a test
// is compiled to is the same then.
#pragma once

namespace webrtcserver::test {

[[nodiscard]] bool is_sanitized();

}  // namespace webrtcserver::test
