// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst/frame_metadata.hpp"

#include <gmock/gmock.h>
#include <gst/video/gstvideometa.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/ref.hpp"

namespace webrtcserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Lt;
using testing::SizeIs;

constexpr GstClockTime kBegin = 1000 * GST_SECOND;  // a PTS of 0, on the clock

class FrameMetadataTest : public testing::Test {
 protected:
  // Frame `number`, 40 ms behind the one before.
  static Ref<GstBuffer> frame(unsigned number) {
    auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
    GST_BUFFER_PTS(buffer.get()) = pts(number);
    return buffer;
  }

  static GstClockTime pts(unsigned number) { return number * 40 * GST_MSECOND; }

  void take(const Ref<GstBuffer>& buffer) {
    metadata_.take(buffer.get(), kBegin + GST_BUFFER_PTS(buffer.get()), caps_.get());
  }
  void take(unsigned number) { take(frame(number)); }

  // Of what was sent: the frame's number and the data.
  std::vector<std::string> sent() const {
    std::vector<std::string> texts;
    for (const auto& note : notes_) {
      const std::string text = note->text(7);
      texts.push_back(std::to_string((note->time() - kBegin) / (40 * GST_MSECOND)) + " " +
                      std::string(json_text(text, "data")));
    }
    return texts;
  }

  template <typename Call>
  static std::string error_of(Call&& call) {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  const Ref<GstCaps> caps_ =
      Ref<GstCaps>::adopt(gst_caps_from_string("video/x-raw,width=640,height=480"));
  std::vector<FrameMetadata::Note> notes_;
  FrameMetadata metadata_{"video_0",
                          [this](const FrameMetadata::Note& note) { notes_.push_back(note); }};
};

TEST_F(FrameMetadataTest, IsSilentUnlessItIsAsked) {
  const auto buffer = frame(0);
  gst_buffer_add_video_region_of_interest_meta(buffer.get(), "face", 1, 2, 3, 4);
  take(buffer);
  EXPECT_THAT(error_of([&] { metadata_.tell(pts(0), "1"); }), HasSubstr("\"application\""));
  metadata_.set_sources(kFrameApplication);
  take(buffer);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(FrameMetadataTest, RegionsOfABufferAreTold) {
  metadata_.set_sources(kFrameRegions);
  const auto buffer = frame(3);
  auto* face = gst_buffer_add_video_region_of_interest_meta(buffer.get(), "face", 10, 20, 30, 40);
  face->id = 5;
  gst_video_region_of_interest_meta_add_param(
      face, gst_structure_new("detection", "confidence", G_TYPE_DOUBLE, 0.5, "label", G_TYPE_STRING,
                              "Ada \"A\"", nullptr));
  auto* eye = gst_buffer_add_video_region_of_interest_meta(buffer.get(), "eye", 1, 2, 3, 4);
  eye->parent_id = 5;
  take(buffer);
  ASSERT_THAT(notes_, SizeIs(1));
  const JsonReader message(notes_[0]->text(4294967295U));
  EXPECT_EQ(message.string("type"), "frame");
  EXPECT_EQ(message.integer("rtp"), 4294967295);
  EXPECT_EQ(message.string("media"), "video_0");
  EXPECT_EQ(message.integer("width"), 640);
  EXPECT_EQ(message.integer("height"), 480);
  const auto regions = message.object("data")->objects("regions");
  ASSERT_TRUE(regions && regions->size() == 2);
  const JsonReader& first = (*regions)[0];
  EXPECT_EQ(first.string("type"), "face");
  EXPECT_EQ(first.integer("x"), 10);
  EXPECT_EQ(first.integer("y"), 20);
  EXPECT_EQ(first.integer("width"), 30);
  EXPECT_EQ(first.integer("height"), 40);
  EXPECT_EQ(first.integer("id"), 5);
  const auto found = first.object("params")->object("detection");
  EXPECT_EQ(found->number("confidence"), 0.5);
  EXPECT_EQ(found->string("label"), "Ada \"A\"");
  EXPECT_EQ((*regions)[1].integer("parent"), 5);
}

TEST_F(FrameMetadataTest, ThatThereIsNothingAnyMoreIsToldAFewTimes) {
  metadata_.set_sources(kFrameRegions);
  take(0);
  const auto buffer = frame(1);
  gst_buffer_add_video_region_of_interest_meta(buffer.get(), "x", 1, 2, 3, 4);
  take(buffer);
  for (unsigned number = 2; number < 10; ++number) take(number);
  const std::string none = R"( {"regions":[]})";
  EXPECT_THAT(sent(),
              ElementsAre(R"(1 {"regions":[{"type":"x","x":1,"y":2,"width":3,"height":4}]})",
                          "2" + none, "3" + none, "4" + none));
}

TEST_F(FrameMetadataTest, OfTooManyRegionsTheFirstAreTold) {
  metadata_.set_sources(kFrameRegions);
  const auto buffer = frame(0);
  for (unsigned i = 0; i < 5000; ++i)
    gst_buffer_add_video_region_of_interest_meta(buffer.get(), "crowd", i, i, i, i);
  take(buffer);
  ASSERT_THAT(notes_, SizeIs(1));
  const std::string text = notes_[0]->text(4294967295U);
  EXPECT_THAT(text, SizeIs(Le(FrameNote::kMaxSize)));
  EXPECT_THAT(JsonReader(text).object("data")->objects("regions")->size(),
              testing::AllOf(testing::Gt(100U), Lt(5000U)));
}

// No element can end a stream with what it attaches.
TEST_F(FrameMetadataTest, ParametersThatCannotBeSentAreLeftOut) {
  metadata_.set_sources(kFrameRegions);
  const auto buffer = frame(0);
  auto* region = gst_buffer_add_video_region_of_interest_meta(buffer.get(), "x", 1, 2, 3, 4);
  GstStructure* nested = gst_structure_new_empty("deep");
  for (int i = 0; i < 40; ++i) {
    GstStructure* outer = gst_structure_new("deep", "in", GST_TYPE_STRUCTURE, nested, nullptr);
    gst_structure_free(nested);
    nested = outer;
  }
  gst_video_region_of_interest_meta_add_param(region, nested);
  take(buffer);
  EXPECT_THAT(sent(), IsEmpty());
  take(1);
  EXPECT_THAT(sent(), SizeIs(1));
}

TEST_F(FrameMetadataTest, TheApplicationSpeaksOfAFrameThatHasPassed) {
  metadata_.set_sources(kFrameApplication);
  for (unsigned number = 0; number < 10; ++number) take(number);
  metadata_.tell(pts(4), R"({"a":1})");
  metadata_.tell(GST_CLOCK_TIME_NONE, "null");
  EXPECT_THAT(sent(), ElementsAre(R"(4 {"a":1})", "9 null"));
}

TEST_F(FrameMetadataTest, TheApplicationSpeaksOfAFrameThatIsYetToCome) {
  metadata_.set_sources(kFrameApplication);
  metadata_.tell(pts(2), "\"early\"");
  metadata_.tell(pts(2), "\"as well\"");
  for (unsigned number = 0; number < 5; ++number) take(number);
  EXPECT_THAT(sent(), ElementsAre("2 \"early\"", "2 \"as well\""));
}

TEST_F(FrameMetadataTest, AfterASeekTheNewestFrameOfThatTimeIsMeant) {
  metadata_.set_sources(kFrameApplication);
  metadata_.take(frame(1).get(), kBegin + pts(1), caps_.get());
  metadata_.take(frame(2).get(), kBegin + pts(2), caps_.get());
  metadata_.take(frame(1).get(), kBegin + pts(7), caps_.get());
  metadata_.tell(pts(1), "1");
  EXPECT_THAT(sent(), ElementsAre("7 1"));
}

TEST_F(FrameMetadataTest, AFrameThatNobodyRemembersIsAnError) {
  metadata_.set_sources(kFrameApplication);
  EXPECT_THAT(error_of([&] { metadata_.tell(GST_CLOCK_TIME_NONE, "1"); }),
              HasSubstr("no frame has come yet"));
  for (unsigned number = 0; number < FrameMetadata::kRemembered + 10; ++number) take(number);
  EXPECT_THAT(error_of([&] { metadata_.tell(pts(3), "1"); }), HasSubstr("too long ago"));
  EXPECT_THAT(error_of([&] { metadata_.tell(pts(20) + 1, "1"); }), HasSubstr("another PTS"));
  EXPECT_EQ(error_of([&] { metadata_.tell(pts(20), "1"); }), "");
  EXPECT_THAT(sent(), ElementsAre("20 1"));
}

TEST_F(FrameMetadataTest, WhatNeverComesIsForgotten) {
  metadata_.set_sources(kFrameApplication);
  for (unsigned number = 0; number < 10 * FrameMetadata::kMaxAwaited; ++number)
    metadata_.tell(pts(number), "1");
  for (unsigned number = 0; number < 10 * FrameMetadata::kMaxAwaited; ++number) take(number);
  EXPECT_THAT(notes_, SizeIs(FrameMetadata::kMaxAwaited));
}

TEST_F(FrameMetadataTest, WhatIsNoJsonOrTooMuchIsRefusedAtOnce) {
  metadata_.set_sources(kFrameApplication);
  take(0);
  for (const char* json : {"", "{", "1,\"x\":2", "{}{}"})
    EXPECT_THAT(error_of([&] { metadata_.tell(pts(0), json); }), HasSubstr("JSON")) << json;
  const std::string large = '"' + std::string(FrameNote::kMaxSize, 'x') + '"';
  EXPECT_THAT(error_of([&] { metadata_.tell(pts(0), large); }), HasSubstr("bytes"));
  EXPECT_THAT(error_of([&] { metadata_.tell(pts(1), large); }), HasSubstr("bytes"));
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(FrameMetadataTest, WithoutASizeNoneIsTold) {
  metadata_.set_sources(kFrameApplication);
  metadata_.take(frame(0).get(), kBegin, nullptr);
  metadata_.tell(pts(0), "1");
  ASSERT_THAT(notes_, SizeIs(1));
  EXPECT_EQ(notes_[0]->text(3), R"({"type":"frame","rtp":3,"media":"video_0","data":1})");
}

}  // namespace
}  // namespace webrtcserver
