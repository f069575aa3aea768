// SPDX-License-Identifier: LGPL-2.1-or-later
// properties.hpp — the properties of a contract, as GObject has them.
#pragma once

#include <vector>

#include "doubles/contract.hpp"

namespace webrtcserver::doubles {

// Floating. Enumerations are types of their own, named after factory, release and property.
GParamSpec* make_param_spec(const ElementContract& contract, const Property& property);

// All of a contract, in order: the identifier of each is its place, from one.
std::vector<const Property*> all_properties(const ElementContract& contract);

}  // namespace webrtcserver::doubles
