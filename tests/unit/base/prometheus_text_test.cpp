// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/prometheus_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace webrtcserver {
namespace {

using Type = PrometheusText::Type;

TEST(PrometheusText, WritesFamiliesWithTheirSamples) {
  PrometheusText text;
  text.family("a_total", Type::kCounter, "Things.").sample({}, 3);
  text.family("b_bytes", Type::kGauge, "Sizes.")
      .sample({{"stream", "output"}, {"kind", "video"}}, 1.5)
      .sample({{"stream", "input"}}, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(text.text(),
            "# HELP a_total Things.\n"
            "# TYPE a_total counter\n"
            "a_total 3\n"
            "# HELP b_bytes Sizes.\n"
            "# TYPE b_bytes gauge\n"
            "b_bytes{stream=\"output\",kind=\"video\"} 1.5\n"
            "b_bytes{stream=\"input\"} 18446744073709551615\n");
}

TEST(PrometheusText, EscapesWhatWouldEndALineOrAValue) {
  PrometheusText text;
  text.family("a", Type::kGauge, "One \"line\"\\\nonly").sample({{"x", "a\"b\\c\nd}"}}, 1);
  EXPECT_EQ(text.text(),
            "# HELP a One \"line\"\\\\\\nonly\n"
            "# TYPE a gauge\n"
            "a{x=\"a\\\"b\\\\c\\nd}\"} 1\n");
}

TEST(PrometheusText, WritesNumbersThatAreNone) {
  PrometheusText text;
  text.family("a", Type::kGauge, "A.")
      .sample({}, std::numeric_limits<double>::infinity())
      .sample({}, -std::numeric_limits<double>::infinity())
      .sample({}, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(text.text(), "# HELP a A.\n# TYPE a gauge\na +Inf\na -Inf\na NaN\n");
}

TEST(PrometheusText, KeepsEveryDigit) {
  PrometheusText text;
  text.family("a", Type::kGauge, "A.").sample({}, 0.1).sample({}, 1234567890.125);
  EXPECT_EQ(text.text().substr(text.text().find("\na ") + 1),
            "a 0.10000000000000001\na 1234567890.125\n");
}

}  // namespace
}  // namespace webrtcserver
