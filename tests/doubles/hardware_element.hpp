// SPDX-License-Identifier: LGPL-2.1-or-later
// hardware_element.hpp — an encoder or decoder that keeps a contract: a bin that has the
// properties, caps and habits of the real element, and really codes, in software. What happens to
// it is seen, and what it does is decided, at the Station of its factory.
#pragma once

#include "doubles/contract.hpp"
#include "doubles/machine.hpp"

namespace webrtcserver::doubles {

// The type is registered on first use; the contract has to live as long as the process.
GType type_of(const ElementContract& contract);

// Under the factory's name.
Registration install(const ElementContract& contract, guint rank = GST_RANK_NONE);

}  // namespace webrtcserver::doubles
