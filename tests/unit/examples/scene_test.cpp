// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 360;

using Brightness = std::vector<guint8>;

struct Unref {
  void operator()(GstVideoOverlayComposition* composition) const {
    gst_video_overlay_composition_unref(composition);
  }
};
using Composition = std::unique_ptr<GstVideoOverlayComposition, Unref>;

// The next frame over black, as the program's pipeline makes it.
Brightness render(Scene& scene) {
  const Composition composition(scene.draw());
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, kWidth, kHeight);
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  gst_buffer_memset(buffer, 0, 16, GST_VIDEO_INFO_PLANE_OFFSET(&info, 1));
  for (guint plane : {1U, 2U}) {
    gst_buffer_memset(buffer, GST_VIDEO_INFO_PLANE_OFFSET(&info, plane), 128,
                      static_cast<gsize>(kWidth / 2) * (kHeight / 2));
  }
  GstVideoFrame frame;
  EXPECT_TRUE(gst_video_frame_map(&frame, &info, buffer, GST_MAP_READWRITE));
  EXPECT_TRUE(gst_video_overlay_composition_blend(composition.get(), &frame));
  Brightness result;
  const auto* data = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  for (int y = 0; y < kHeight; ++y) {
    const guint8* line = data + static_cast<gsize>(y) * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    result.insert(result.end(), line, line + kWidth);
  }
  gst_video_frame_unmap(&frame);
  gst_buffer_unref(buffer);
  return result;
}

// The white of the text, which no shape has.
struct Found {
  int count = 0;
  int left = kWidth, top = kHeight, right = -1, bottom = -1;
};

Found white(const Brightness& picture) {
  Found found;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      if (picture[static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)] < 225)
        continue;
      ++found.count;
      found.left = std::min(found.left, x);
      found.right = std::max(found.right, x);
      found.top = std::min(found.top, y);
      found.bottom = std::max(found.bottom, y);
    }
  }
  return found;
}

void expect_inside(const Scene::State& state) {
  ASSERT_GE(state.x, 0);
  ASSERT_GE(state.y, 0);
  ASSERT_LE(state.x + state.width, kWidth);
  ASSERT_LE(state.y + state.height, kHeight);
}

void skip(Scene& scene, int frames) {
  for (int i = 0; i < frames; ++i) const Composition composition(scene.draw());
}

class SceneTest : public testing::Test {
 protected:
  void SetUp() override { scene_.set_text("Text"); }

  Scene scene_{kWidth, kHeight};
};

TEST_F(SceneTest, TextIsWhereItSaysAndNowhereElse) {
  for (int i = 0; i < 40; ++i) {
    const Found found = white(render(scene_));
    const Scene::State state = scene_.state();
    ASSERT_GT(found.count, 100);
    ASSERT_GE(found.left, state.x);
    ASSERT_LT(found.right, state.x + state.width);
    ASSERT_GE(found.top, state.y);
    ASSERT_LT(found.bottom, state.y + state.height);
    skip(scene_, 50);
  }
}

TEST_F(SceneTest, ShapesMoveWhileTheTextStands) {
  scene_.set_speed(0);
  const Brightness before = render(scene_);
  const Scene::State state = scene_.state();
  skip(scene_, 60);
  const Brightness after = render(scene_);
  EXPECT_EQ(scene_.state().x, state.x);
  EXPECT_EQ(scene_.state().y, state.y);
  EXPECT_NE(before, after);
}

TEST_F(SceneTest, TheTextBouncesAndNeverLeaves) {
  scene_.set_speed(Scene::kMaxSpeed);
  for (int i = 0; i < 2000; ++i) {
    skip(scene_, 1);
    expect_inside(scene_.state());
  }
  EXPECT_GT(scene_.state().bounces, 10U);
  EXPECT_EQ(scene_.state().frames, 2000U);
}

TEST_F(SceneTest, TwiceTheSpeedIsTwiceTheWay) {
  Scene other(kWidth, kHeight);
  other.set_text("Text");
  const int begin = scene_.state().x;
  scene_.set_speed(20);
  other.set_speed(40);
  skip(scene_, 60);
  skip(other, 60);
  EXPECT_GT(scene_.state().x, begin + 50);
  EXPECT_NEAR(other.state().x - begin, 2 * (scene_.state().x - begin), 2);
}

TEST_F(SceneTest, GoesWhereTheSceneInPythonGoes) {
  // scene_test.py has the same numbers.
  scene_.set_text("");
  skip(scene_, 300);
  EXPECT_EQ(scene_.state().x, 150);
  EXPECT_EQ(scene_.state().y, 128);
}

TEST_F(SceneTest, ASpeedThatIsNoneIsTheNearest) {
  scene_.set_speed(-5);
  const int begin = scene_.state().x;
  skip(scene_, 30);
  EXPECT_EQ(scene_.state().x, begin);
  Scene fastest(kWidth, kHeight);
  fastest.set_speed(Scene::kMaxSpeed);
  scene_.set_speed(1e9);
  scene_.set_text("");
  skip(scene_, 20);
  skip(fastest, 20);
  EXPECT_EQ(scene_.state().x, fastest.state().x);
}

TEST_F(SceneTest, LongTextIsMadeSmallEnough) {
  skip(scene_, 500);
  for (const char* letter : {"i", "W", "\u00e4", "\u3042"}) {
    std::string text;
    for (int i = 0; i < 64; ++i) text += letter;
    scene_.set_text(text);
    skip(scene_, 1);
    expect_inside(scene_.state());
    EXPECT_LE(scene_.state().width, kWidth * 9 / 10) << letter;
    EXPECT_GT(scene_.state().width, 0) << letter;
  }
}

TEST_F(SceneTest, WhatIsNoLetterHarmsNothing) {
  for (const char* text : {"", " ", "\n", "a\nb", "\t", "<b>bold</b>", "&amp;", "\u202e\u0301"}) {
    scene_.set_text(text);
    for (int i = 0; i < 5; ++i) render(scene_);
    expect_inside(scene_.state());
  }
  scene_.set_text("");
  EXPECT_EQ(white(render(scene_)).count, 0);
  // Markup is text.
  scene_.set_text("b");
  skip(scene_, 1);
  const int plain = scene_.state().width;
  scene_.set_text("<b>b</b>");
  skip(scene_, 1);
  EXPECT_GT(scene_.state().width, 3 * plain);
}

TEST_F(SceneTest, TheSameWishesMakeTheSameFilm) {
  Scene other(kWidth, kHeight);
  other.set_text("Text");
  for (int i = 0; i < 30; ++i) {
    for (Scene* scene : {&scene_, &other}) {
      if (i == 10) scene->set_speed(77);
      if (i == 20) scene->set_text("other");
      skip(*scene, 20);
    }
    ASSERT_EQ(render(scene_), render(other)) << i;
  }
}

TEST_F(SceneTest, ResetBeginsAnew) {
  const Brightness first = render(scene_);
  scene_.set_speed(100);
  skip(scene_, 700);
  EXPECT_GT(scene_.state().bounces, 0U);
  scene_.reset();
  EXPECT_EQ(scene_.state().bounces, 0U);
  EXPECT_EQ(scene_.state().frames, 0U);
  scene_.set_speed(50);
  EXPECT_EQ(render(scene_), first);
}

TEST_F(SceneTest, MayBeSteeredWhileItIsDrawn) {
  std::thread steering([this] {
    for (int i = 0; i < 200; ++i) {
      scene_.set_text(std::string(static_cast<std::size_t>(i % 64), 'x'));
      scene_.set_speed(i % 101);
      if (i % 50 == 0) scene_.reset();
    }
  });
  for (int i = 0; i < 200; ++i) {
    skip(scene_, 1);
    expect_inside(scene_.state());
  }
  steering.join();
}

}  // namespace
