// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/prometheus_text.hpp"

#include <glib.h>

#include <array>
#include <cmath>

namespace webrtcserver {

namespace {

// A help text keeps its quotes, a label's value does not.
std::string escape(std::string_view text, bool quotes) {
  std::string escaped;
  for (const char character : text) {
    if (character == '\n') {
      escaped += "\\n";
      continue;
    }
    if (character == '\\' || (quotes && character == '"')) escaped += '\\';
    escaped += character;
  }
  return escaped;
}

// With a point in every locale, and as many digits as bring the same number back.
std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, G_ASCII_DTOSTR_BUF_SIZE> buffer{};
  return g_ascii_dtostr(buffer.data(), static_cast<int>(buffer.size()), value);
}

}  // namespace

PrometheusText& PrometheusText::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  text_ += "# HELP " + name_ + " " + escape(help, false) + "\n";
  text_ += "# TYPE " + name_ + (type == Type::kCounter ? " counter\n" : " gauge\n");
  return *this;
}

PrometheusText& PrometheusText::sample(const Labels& labels, std::uint64_t value) {
  write_name(labels);
  text_ += std::to_string(value) + "\n";
  return *this;
}

PrometheusText& PrometheusText::sample(const Labels& labels, double value) {
  write_name(labels);
  text_ += number(value) + "\n";
  return *this;
}

void PrometheusText::write_name(const Labels& labels) {
  text_ += name_;
  char before = '{';
  for (const auto& [name, value] : labels) {
    text_ += before + name + "=\"" + escape(value, true) + "\"";
    before = ',';
  }
  text_ += labels.empty() ? " " : "} ";
}

}  // namespace webrtcserver
