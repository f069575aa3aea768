// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/ref.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

guint count_of(const Ref<GObject>& ref) {
  return ref->ref_count;
}

Ref<GObject> make_object() {
  return Ref<GObject>::adopt(static_cast<GObject*>(g_object_new(G_TYPE_OBJECT, nullptr)));
}

TEST(Ref, AdoptsTakesAndSinks) {
  const auto adopted = make_object();
  EXPECT_EQ(count_of(adopted), 1U);
  {
    const auto retained = Ref<GObject>::retain(adopted.get());
    EXPECT_EQ(count_of(adopted), 2U);
    EXPECT_EQ(retained, adopted);
  }
  EXPECT_EQ(count_of(adopted), 1U);
  const auto sunk = Ref<GstElement>::sink(gst_bin_new(nullptr));
  EXPECT_FALSE(g_object_is_floating(sunk.get()));
  EXPECT_EQ(GST_OBJECT_REFCOUNT_VALUE(sunk.get()), 1);
}

TEST(Ref, CopiesCountAndMovesDoNot) {
  const auto first = make_object();
  Ref<GObject> copy = first;
  EXPECT_EQ(count_of(first), 2U);
  const Ref<GObject> moved = std::move(copy);
  EXPECT_FALSE(copy);  // NOLINT(bugprone-use-after-move): what is tested.
  EXPECT_EQ(count_of(first), 2U);
}

TEST(Ref, SurvivesAssigningItself) {
  auto ref = make_object();
  auto& same = ref;
  ref = same;
  EXPECT_EQ(count_of(ref), 1U);
}

TEST(Ref, ReleasesToTheCaller) {
  auto ref = make_object();
  const auto again = Ref<GObject>::adopt(ref.release());
  EXPECT_FALSE(ref);
  EXPECT_EQ(count_of(again), 1U);
}

TEST(Ref, IsEmptyForNull) {
  const Ref<GObject> empty;
  EXPECT_FALSE(empty);
  EXPECT_FALSE(Ref<GObject>(nullptr));
  EXPECT_FALSE(Ref<GObject>::adopt(nullptr));
  EXPECT_FALSE(Ref<GObject>::retain(nullptr));
  EXPECT_EQ(empty, Ref<GObject>());
}

TEST(Ref, CountsMiniObjectsAndBytes) {
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  {
    const Ref<GstBuffer> copy = buffer;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer.get()), 2);
  }
  EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer.get()), 1);
  const auto bytes = Ref<GBytes>::adopt(g_bytes_new("ab", 2));
  const Ref<GBytes> copy = bytes;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(g_bytes_get_size(copy.get()), 2U);
}

TEST(TakeString, TakesOverAndTreatsNullAsEmpty) {
  EXPECT_EQ(take_string(g_strdup("text")), "text");
  EXPECT_EQ(take_string(nullptr), "");
}

}  // namespace
}  // namespace webrtcserver
