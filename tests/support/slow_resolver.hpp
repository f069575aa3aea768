// SPDX-License-Identifier: LGPL-2.1-or-later
// slow_resolver.hpp — the process's name service while it exists: one that knows no name, and that
// does not say so before it is told to.
#pragma once

#include <gio/gio.h>

#include <string>
#include <vector>

#include "base/ref.hpp"

namespace webrtcserver::test {

class SlowResolver {
 public:
  SlowResolver();
  // Says so to everybody who still waits, and puts the former name service back.
  ~SlowResolver();
  SlowResolver(const SlowResolver&) = delete;
  SlowResolver& operator=(const SlowResolver&) = delete;

  // The names that were asked for so far.
  std::vector<std::string> asked() const;
  // Waits until that many lookups were begun; false after kPatience.
  bool wait_asked(std::size_t count) const;
  // From now on and to those who wait: there is no such name.
  void fail();
  // Every name has this address.
  void answer(const std::string& address);

 private:
  Ref<GResolver> former_;
  Ref<GResolver> resolver_;
};

}  // namespace webrtcserver::test
