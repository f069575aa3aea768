// SPDX-License-Identifier: LGPL-2.1-or-later
// counter_family.hpp — counters of one name and different labels, which only ever grow. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/prometheus_text.hpp"

namespace webrtcserver {

class CounterFamily {
 public:
  using Values = std::vector<std::string>;  // of the labels, in their order

  // What belongs into a label is what there are few of: a stream's name, a codec's, a code. A
  // session's name would be a series for ever.
  CounterFamily(const char* name, const char* help, std::vector<const char*> labels)
      : name_(name), help_(help), labels_(std::move(labels)) {}

  // By 0 too: a series that is there before its first event lets Prometheus see that event.
  void add(const Values& values, std::uint64_t count = 1);
  std::uint64_t value(const Values& values) const;
  void write(PrometheusText& text) const;

 private:
  const char* const name_;
  const char* const help_;
  const std::vector<const char*> labels_;

  mutable std::mutex mutex_;
  std::map<Values, std::uint64_t> counters_;  // guarded by mutex_
};

// How much a number has grown since the last look. One that is smaller has begun anew.
std::uint64_t take_growth(std::uint64_t& last, std::uint64_t now);

}  // namespace webrtcserver
