// SPDX-License-Identifier: LGPL-2.1-or-later
// machine.hpp — the devices that the double of the CUDA driver has: their memory, what is wrong
// with them, and what the program that is tested did wrong.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cuda/driver_api.hpp"

namespace libcuda_double {

namespace cu = webrtcserver::cu;

// A block of memory. Its users are what has been queued and reads or writes it.
struct Allocation {
  std::unique_ptr<std::byte[]> bytes;
  std::uintptr_t begin = 0;
  std::size_t size = 0;
  bool is_host = false;  // page-locked memory of the CPU
  int device = 0;
  cu::Context context = nullptr;
  int users = 0;
};

// From any thread.
class Machine final {
 public:
  static Machine& get();

  // ---- For tests -------------------------------------------------------------------------------
  // As a driver just loaded. What is allocated stays.
  void reset();
  void set_device_count(int count);
  int device_count();
  // The call that comes `calls` after the next of `symbol` fails so, once.
  void fail(const std::string& symbol, cu::Result result, int calls);
  // What was queued on a stream and has not begun stays there until it is let go.
  void hold(bool is_held);
  // What the program did wrong, a sentence each, since it was last asked.
  std::vector<std::string> take_violations();
  std::size_t allocations();
  void forget();
  std::size_t crossings();

  // ---- For the driver's functions --------------------------------------------------------------
  // What `symbol` is to answer before it does anything: kSuccess, mostly.
  cu::Result enter(const char* symbol);
  void report(const std::string& violation);
  // From now on every call fails so: a device that has crashed.
  void lose(cu::Result result);
  void wait_while_held();
  void note_crossing();

  // A pitch as devices have it: a multiple of 512.
  cu::Address allocate(std::size_t size, bool is_host, int device, cu::Context context);
  cu::Result free(std::uintptr_t address, bool is_host);
  // The allocation that has the byte, which it keeps; null where none does.
  std::shared_ptr<Allocation> find(std::uintptr_t address);

  // Of what is queued. Addresses that are in no allocation are left out.
  class Use final {
   public:
    explicit Use(const std::vector<std::uintptr_t>& addresses);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    std::vector<std::shared_ptr<Allocation>> used_;
  };

 private:
  struct Fault {
    cu::Result result;
    int calls;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  int device_count_ = 1;                                             // guarded by mutex_
  bool is_held_ = false;                                             // guarded by mutex_
  cu::Result lost_ = cu::kSuccess;                                   // guarded by mutex_
  std::size_t crossings_ = 0;                                        // guarded by mutex_
  std::map<std::string, Fault> faults_;                              // guarded by mutex_
  std::vector<std::string> violations_;                              // guarded by mutex_
  std::map<std::uintptr_t, std::shared_ptr<Allocation>> allocated_;  // guarded by mutex_
};

}  // namespace libcuda_double
