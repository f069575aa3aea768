// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/exposition.hpp"

#include <glib.h>

#include <regex>
#include <sstream>
#include <stdexcept>

namespace webrtcserver::test {

Exposition::Exposition(const std::string& text) {
  if (text.empty() || text.back() != '\n') fault_ = "the last line does not end";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && fault_.empty();) {
    try {
      read(line);
    } catch (const std::runtime_error& error) {
      fault_ = std::string(error.what()) + ": " + line;
    }
  }
}

void Exposition::read(const std::string& line) {
  static const std::regex help("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\\]|\\\\\\\\|\\\\n)*)");
  static const std::regex type("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)");
  std::smatch match;
  if (std::regex_match(line, match, help)) {
    current_ = match[1];
    if (families_.count(current_) > 0) throw std::runtime_error("the family stands there twice");
    families_[current_].help = match[2];
  } else if (std::regex_match(line, match, type)) {
    if (match[1] != current_ || !families_[current_].type.empty())
      throw std::runtime_error("the type does not follow its help");
    families_[current_].type = match[2];
  } else {
    read_sample(line);
  }
}

void Exposition::read_sample(const std::string& line) {
  static const std::regex sample(
      "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{([^\"]*\"(?:[^\"\\\\]|\\\\[\\\\\"n])*\")*\\})? (\\S+)");
  static const std::regex label("([a-zA-Z_][a-zA-Z0-9_]*)=\"(?:[^\"\\\\]|\\\\[\\\\\"n])*\"(,|$)");
  std::smatch match;
  if (!std::regex_match(line, match, sample)) throw std::runtime_error("this is no sample");
  if (match[1] != current_) throw std::runtime_error("the sample is of another family");
  Family& family = families_[current_];
  if (family.type.empty()) throw std::runtime_error("there is no type");
  std::string labels = match[2];
  if (!labels.empty()) labels = labels.substr(1, labels.size() - 2);
  for (std::smatch one; !labels.empty(); labels = one.suffix()) {
    if (!std::regex_search(labels, one, label, std::regex_constants::match_continuous))
      throw std::runtime_error("the labels are wrong");
  }
  const std::string number = match[4];
  char* end = nullptr;
  const double value = g_ascii_strtod(number.c_str(), &end);
  if (*end != '\0') throw std::runtime_error("this is no number");
  if (family.type == "counter" && !(value >= 0)) throw std::runtime_error("a counter is negative");
  if (!family.samples.emplace(match[1].str() + match[2].str(), value).second)
    throw std::runtime_error("the series stands there twice");
}

double Exposition::value(const std::string& series) const {
  const auto family = families_.find(series.substr(0, series.find('{')));
  if (family == families_.end()) return -1;
  const auto found = family->second.samples.find(series);
  return found == family->second.samples.end() ? -1 : found->second;
}

double Exposition::sum(const std::string& family, std::string_view part) const {
  const auto found = families_.find(family);
  double sum = 0;
  if (found == families_.end()) return sum;
  for (const auto& [series, value] : found->second.samples) {
    if (series.find(part) != std::string::npos) sum += value;
  }
  return sum;
}

}  // namespace webrtcserver::test
