// SPDX-License-Identifier: LGPL-2.1-or-later
// prometheus_text.hpp — writes what Prometheus reads: its text exposition format, version 0.0.4.
// Not thread-safe; one writer makes one document.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webrtcserver {

class PrometheusText {
 public:
  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

  enum class Type { kCounter, kGauge };
  using Labels = std::vector<std::pair<std::string, std::string>>;  // name, value

  // Begins a family: the samples that follow are of it. The format wants all of one family in a
  // row, so that each name is begun once. Names and help are ours; they are not checked.
  PrometheusText& family(std::string_view name, Type type, std::string_view help);
  PrometheusText& sample(const Labels& labels, std::uint64_t value);
  PrometheusText& sample(const Labels& labels, double value);
  // An `int` would fit both.
  PrometheusText& sample(const Labels& labels, std::integral auto value) {
    return sample(labels, static_cast<std::uint64_t>(value));
  }

  const std::string& text() const { return text_; }

 private:
  void write_name(const Labels& labels);

  std::string name_;
  std::string text_;
};

}  // namespace webrtcserver
