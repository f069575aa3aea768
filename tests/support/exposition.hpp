// SPDX-License-Identifier: LGPL-2.1-or-later
// exposition.hpp — reads Prometheus's text format 0.0.4, and says what is wrong with it: stricter
// than Prometheus is, as promtool would be.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace webrtcserver::test {

class Exposition {
 public:
  struct Family {
    std::string help;
    std::string type;
    std::map<std::string, double> samples;  // by name and labels as they stand there
  };

  explicit Exposition(const std::string& text);

  // The first thing that is wrong, with its line; empty when nothing is.
  const std::string& fault() const { return fault_; }
  const std::map<std::string, Family>& families() const { return families_; }
  // −1 where there is no such series.
  double value(const std::string& series) const;
  // The sum of the series of a family whose labels have all of `part` in them.
  double sum(const std::string& family, std::string_view part = "") const;

 private:
  void read(const std::string& line);
  void read_sample(const std::string& line);

  std::map<std::string, Family> families_;
  std::string current_;  // the family that samples are of
  std::string fault_;
};

}  // namespace webrtcserver::test
