// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/libcuda/machine.hpp"

#include <utility>

namespace libcuda_double {

Machine& Machine::get() {
  // Never destroyed: threads of streams outlive main().
  static auto& instance = *new Machine;
  return instance;
}

void Machine::reset() {
  {
    const std::scoped_lock lock(mutex_);
    device_count_ = 1;
    is_held_ = false;
    lost_ = cu::kSuccess;
    faults_.clear();
    violations_.clear();
  }
  changed_.notify_all();
}

void Machine::set_device_count(int count) {
  const std::scoped_lock lock(mutex_);
  device_count_ = count;
}

int Machine::device_count() {
  const std::scoped_lock lock(mutex_);
  return device_count_;
}

void Machine::fail(const std::string& symbol, cu::Result result, int calls) {
  const std::scoped_lock lock(mutex_);
  faults_[symbol] = {result, calls};
}

void Machine::hold(bool is_held) {
  {
    const std::scoped_lock lock(mutex_);
    is_held_ = is_held;
  }
  changed_.notify_all();
}

std::vector<std::string> Machine::take_violations() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(violations_, {});
}

std::size_t Machine::allocations() {
  const std::scoped_lock lock(mutex_);
  return allocated_.size();
}

void Machine::forget() {
  const std::scoped_lock lock(mutex_);
  allocated_.clear();
}

std::size_t Machine::crossings() {
  const std::scoped_lock lock(mutex_);
  return crossings_;
}

void Machine::note_crossing() {
  const std::scoped_lock lock(mutex_);
  ++crossings_;
}

cu::Result Machine::enter(const char* symbol) {
  const std::scoped_lock lock(mutex_);
  if (lost_ != cu::kSuccess) return lost_;
  const auto fault = faults_.find(symbol);
  if (fault == faults_.end()) return cu::kSuccess;
  if (fault->second.calls-- > 0) return cu::kSuccess;
  const cu::Result result = fault->second.result;
  faults_.erase(fault);
  if (result >= cu::kIllegalAddress && result <= cu::kLaunchFailed) lost_ = result;
  return result;
}

void Machine::report(const std::string& violation) {
  const std::scoped_lock lock(mutex_);
  violations_.push_back(violation);
}

void Machine::lose(cu::Result result) {
  const std::scoped_lock lock(mutex_);
  lost_ = result;
}

void Machine::wait_while_held() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !is_held_; });
}

cu::Address Machine::allocate(std::size_t size, bool is_host, int device, cu::Context context) {
  constexpr std::size_t kAlignment = 512;
  auto allocation = std::make_shared<Allocation>();
  allocation->bytes = std::make_unique<std::byte[]>(size + kAlignment);
  const auto first = reinterpret_cast<std::uintptr_t>(allocation->bytes.get());
  allocation->begin = (first + kAlignment - 1) / kAlignment * kAlignment;
  allocation->size = size;
  allocation->is_host = is_host;
  allocation->device = device;
  allocation->context = context;
  const std::uintptr_t begin = allocation->begin;
  const std::scoped_lock lock(mutex_);
  allocated_.emplace(begin, std::move(allocation));
  return begin;
}

cu::Result Machine::free(std::uintptr_t address, bool is_host) {
  const std::scoped_lock lock(mutex_);
  const auto found = allocated_.find(address);
  if (found == allocated_.end() || found->second->is_host != is_host) {
    violations_.emplace_back("Memory is freed that was not allocated so.");
    return cu::kInvalidValue;
  }
  if (found->second->users > 0)
    violations_.emplace_back("Memory is freed while something queued uses it.");
  allocated_.erase(found);
  return cu::kSuccess;
}

std::shared_ptr<Allocation> Machine::find(std::uintptr_t address) {
  const std::scoped_lock lock(mutex_);
  auto next = allocated_.upper_bound(address);
  if (next == allocated_.begin()) return nullptr;
  --next;
  return address < next->second->begin + next->second->size ? next->second : nullptr;
}

Machine::Use::Use(const std::vector<std::uintptr_t>& addresses) {
  for (const std::uintptr_t address : addresses) {
    if (std::shared_ptr<Allocation> allocation = Machine::get().find(address))
      used_.push_back(std::move(allocation));
  }
  const std::scoped_lock lock(Machine::get().mutex_);
  for (const auto& allocation : used_) ++allocation->users;
}

Machine::Use::~Use() {
  const std::scoped_lock lock(Machine::get().mutex_);
  for (const auto& allocation : used_) --allocation->users;
}

}  // namespace libcuda_double
