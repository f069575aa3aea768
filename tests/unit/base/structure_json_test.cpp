// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/structure_json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "base/json.hpp"
#include "base/ref.hpp"

namespace webrtcserver {
namespace {

TEST(StructureJson, WritesWhatJsonCanHold) {
  const Owned<GstStructure> structure(gst_structure_new(
      "meta", "text", G_TYPE_STRING, "a\"b", "on", G_TYPE_BOOLEAN, TRUE, "count", G_TYPE_UINT64,
      guint64{1} << 40, "ratio", G_TYPE_DOUBLE, 0.5, "rate", GST_TYPE_FRACTION, 30, 1, nullptr));
  const JsonReader json(to_json(structure.get()));
  EXPECT_EQ(json.string("text"), "a\"b");
  EXPECT_EQ(json.boolean("on"), true);
  EXPECT_EQ(json.integer("count"), std::int64_t{1} << 40);
  EXPECT_EQ(json.number("ratio"), 0.5);
  EXPECT_EQ(json.string("rate"), "30/1");
}

TEST(StructureJson, NestsStructures) {
  const Owned<GstStructure> inner(gst_structure_new("inner", "a", G_TYPE_INT, 1, nullptr));
  const Owned<GstStructure> outer(
      gst_structure_new("outer", "inner", GST_TYPE_STRUCTURE, inner.get(), nullptr));
  const auto read = JsonReader(to_json(outer.get())).object("inner");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->integer("a"), 1);
}

TEST(StructureJson, LeavesOutTheRest) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_new_any());
  const Owned<GstStructure> structure(
      gst_structure_new("meta", "caps", GST_TYPE_CAPS, caps.get(), "nothing", G_TYPE_STRING,
                        nullptr, "nan", G_TYPE_DOUBLE, std::nan(""), "infinite", G_TYPE_DOUBLE,
                        static_cast<double>(INFINITY), "a", G_TYPE_INT, 1, nullptr));
  EXPECT_EQ(to_json(structure.get()), R"({"nan":null,"infinite":null,"a":1})");
}

}  // namespace
}  // namespace webrtcserver
