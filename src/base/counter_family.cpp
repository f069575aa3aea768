// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/counter_family.hpp"

#include <utility>

namespace webrtcserver {

void CounterFamily::add(const Values& values, std::uint64_t count) {
  const std::scoped_lock lock(mutex_);
  counters_[values] += count;
}

std::uint64_t CounterFamily::value(const Values& values) const {
  const std::scoped_lock lock(mutex_);
  const auto found = counters_.find(values);
  return found == counters_.end() ? 0 : found->second;
}

void CounterFamily::write(PrometheusText& text) const {
  text.family(name_, PrometheusText::Type::kCounter, help_);
  const std::scoped_lock lock(mutex_);
  for (const auto& [values, count] : counters_) {
    PrometheusText::Labels labels;
    for (std::size_t i = 0; i < labels_.size(); ++i) labels.emplace_back(labels_[i], values[i]);
    text.sample(labels, count);
  }
}

std::uint64_t take_growth(std::uint64_t& last, std::uint64_t now) {
  const std::uint64_t before = std::exchange(last, now);
  return now >= before ? now - before : now;
}

}  // namespace webrtcserver
