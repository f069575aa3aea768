// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/video_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <functional>
#include <future>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/serial_queue.hpp"
#include "support/patience.hpp"
#include "support/recorded_media.hpp"
#include "support/temporary_files.hpp"
#include "support/udp_port.hpp"
#include "support/video_files.hpp"

namespace webrtcserver {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr int kPatience = 1000 * static_cast<int>(test::kPatience.count());  // milliseconds

struct Shape {
  std::string type;
  std::string format;
  int width = 0;
  int height = 0;
};

Shape shape_of(GstSample* frame) {
  Shape shape;
  const GstStructure* caps = gst_caps_get_structure(gst_sample_get_caps(frame), 0);
  shape.type = gst_structure_get_name(caps);
  const char* format = gst_structure_get_string(caps, "format");
  shape.format = format ? format : "";
  gst_structure_get_int(caps, "width", &shape.width);
  gst_structure_get_int(caps, "height", &shape.height);
  return shape;
}

GstClockTime time_of(const Ref<GstSample>& frame) {
  return GST_BUFFER_PTS(gst_sample_get_buffer(frame.get()));
}

// Everything there is, to the end.
std::vector<Ref<GstSample>> all_of(VideoSource& source) {
  std::vector<Ref<GstSample>> frames;
  while (source.is_streaming()) {
    if (auto frame = source.capture(kPatience)) frames.push_back(std::move(frame));
  }
  return frames;
}

std::string error_of(const std::function<void()>& attempt) {
  try {
    attempt();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class VideoSourceTest : public testing::Test {
 protected:
  std::shared_ptr<VideoSource> make(const std::string& uri) {
    if (source_) source_->close();
    source_ = VideoSource::create(uri, options_);
    return source_;
  }
  std::string mp4(unsigned frames = 12) {
    std::string path = folder_.path("movie.mp4");
    EXPECT_TRUE(test::write_video(
        frames, std::string(test::kH264) + " ! mp4mux name=m ! filesink location=" + path,
        "audiotestsrc num-buffers=20 ! opusenc ! m."));
    return path;
  }
  void TearDown() override {
    if (source_) source_->close();
  }

  test::TemporaryFolder folder_;
  VideoOptions options_;
  std::shared_ptr<VideoSource> source_;
};

TEST_F(VideoSourceTest, ReadsFilesOfEveryKind) {
  const std::string h264 = test::kH264;
  for (const auto& [name, elements] : std::vector<std::pair<std::string, std::string>>{
           {"a.mkv", h264 + " ! matroskamux"},
           {"a.ts", h264 + " ! mpegtsmux"},
           {"a.webm", "vp8enc deadline=1 ! webmmux"},
           {"a.avi", "jpegenc ! avimux"},
           {"a.h264", h264 + " ! video/x-h264,stream-format=byte-stream"}}) {
    const std::string path = folder_.path(name);
    ASSERT_TRUE(test::write_video(12, elements + " ! filesink location=" + path)) << name;
    const auto source = make(path);
    const auto frames = all_of(*source);
    ASSERT_EQ(frames.size(), 12U) << name;
    EXPECT_EQ(shape_of(frames[0].get()).width, 160) << name;
    EXPECT_LT(time_of(frames[0]), GST_SECOND) << name;
    for (std::size_t i = 1; i < frames.size(); ++i)
      EXPECT_GT(time_of(frames[i]), time_of(frames[i - 1])) << name;
    EXPECT_FALSE(source->is_live());
    EXPECT_FALSE(source->capture(0));
  }
}

TEST_F(VideoSourceTest, LeavesTheSoundOfAFileAside) {
  const auto source = make(mp4());
  source->open();
  EXPECT_EQ(all_of(*source).size(), 12U);
  const auto stats = source->stats();
  guint64 count = 0;
  EXPECT_TRUE(gst_structure_get_uint64(stats.get(), "frames", &count));
  EXPECT_EQ(count, 12U);
  double rate = 0;
  EXPECT_TRUE(gst_structure_get_double(stats.get(), "framerate", &rate));
  EXPECT_DOUBLE_EQ(rate, 30);
}

TEST_F(VideoSourceTest, PlaysAFileAgainWithTimesThatGoOn) {
  options_.input_loop = 2;
  const auto frames = all_of(*make(mp4()));
  ASSERT_EQ(frames.size(), 36U);
  for (std::size_t i = 1; i < frames.size(); ++i)
    EXPECT_GT(time_of(frames[i]), time_of(frames[i - 1])) << i;
}

TEST_F(VideoSourceTest, ReadsImages) {
  ASSERT_TRUE(
      test::write_video(5, "jpegenc ! multifilesink location=" + folder_.path("img_%03d.jpg")));
  options_.input_rate = 10;
  options_.input_loop = 1;
  const auto frames = all_of(*make(folder_.path("img_%03d.jpg")));
  ASSERT_EQ(frames.size(), 10U);
  EXPECT_EQ(time_of(frames[9]), 900 * GST_MSECOND);
  options_ = {};
  EXPECT_EQ(all_of(*make(folder_.path(""))).size(), 5U);
  options_.encoded = true;
  const auto encoded = all_of(*make(folder_.path("")));
  ASSERT_EQ(encoded.size(), 5U);
  EXPECT_EQ(shape_of(encoded[4].get()).type, "image/jpeg");
  EXPECT_EQ(shape_of(encoded[4].get()).width, 160);
  options_ = {};
  EXPECT_EQ(all_of(*make(folder_.path("img_001.jpg"))).size(), 1U);
  // A broken one is passed over where there are others.
  const std::string broken = folder_.write("img_005.jpg", "no picture");
  EXPECT_EQ(all_of(*make(folder_.path("*.jpg"))).size(), 5U);
  // The parser of GStreamer 1.28 says so first.
  EXPECT_THAT(error_of([&] { make(broken)->open(); }),
              AnyOf(HasSubstr("no picture that can be decoded"),
                    HasSubstr("no video that GStreamer knows: No valid frames")));
}

TEST_F(VideoSourceTest, ConvertsAsTheOptionsWant) {
  options_.input_flip = "90r";
  options_.input_width = 60;
  options_.format = "BGR";
  options_.input_rate = 10;
  const auto frames = all_of(*make(mp4()));
  EXPECT_EQ(frames.size(), 4U);
  const auto shape = shape_of(frames.at(0).get());
  EXPECT_EQ(shape.format, "BGR");
  EXPECT_EQ(shape.width, 60);
  EXPECT_EQ(shape.height, 80);
}

TEST_F(VideoSourceTest, HandsOutWhatIsEncoded) {
  options_.encoded = true;
  const auto frames = all_of(*make(mp4()));
  ASSERT_EQ(frames.size(), 12U);
  EXPECT_EQ(shape_of(frames[0].get()).type, "video/x-h264");
  const auto* caps = gst_caps_get_structure(gst_sample_get_caps(frames[0].get()), 0);
  EXPECT_STREQ(gst_structure_get_string(caps, "stream-format"), "byte-stream");
  EXPECT_STREQ(gst_structure_get_string(caps, "alignment"), "au");
  EXPECT_FALSE(
      GST_BUFFER_FLAG_IS_SET(gst_sample_get_buffer(frames[0].get()), GST_BUFFER_FLAG_DELTA_UNIT));
}

TEST_F(VideoSourceTest, TakesTheDecoderAskedFor) {
  options_.input_decoder = "avdec_h264";
  EXPECT_EQ(all_of(*make(mp4())).size(), 12U);
  options_.input_decoder = "vp8dec";
  const auto source = make(folder_.path("movie.mp4"));
  EXPECT_THAT(error_of([&] { source->open(); }), HasSubstr("does not fit"));
  EXPECT_FALSE(source->is_streaming());
}

TEST_F(VideoSourceTest, EndsAfterAsManyFramesAsWereAskedFor) {
  options_.num_frames = 3;
  options_.input_width = 64;
  options_.input_height = 48;
  options_.input_rate = 100;
  const auto source = make("test://ball");
  const auto frames = all_of(*source);
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(shape_of(frames[0].get()).width, 64);
  EXPECT_TRUE(source->is_live());
  EXPECT_EQ(source->uri(), "test://ball");
}

TEST_F(VideoSourceTest, DoesNotWaitWhereItShallNot) {
  const auto source = make("test://");
  EXPECT_FALSE(source->caps());
  EXPECT_FALSE(source->element());
  source->capture(0);
  EXPECT_TRUE(source->is_streaming());
  EXPECT_TRUE(source->capture(kPatience));
  EXPECT_TRUE(source->caps());
  EXPECT_TRUE(source->element());
}

TEST_F(VideoSourceTest, GivesEachFrameToOneOfSeveral) {
  const auto source = make(mp4(60));
  std::vector<std::future<std::size_t>> takers;
  for (int i = 0; i < 4; ++i)
    takers.push_back(std::async(std::launch::async, [&] { return all_of(*source).size(); }));
  std::size_t sum = 0;
  for (auto& taker : takers) sum += taker.get();
  EXPECT_EQ(sum, 60U);
}

TEST_F(VideoSourceTest, CloseWakesWhoCaptures) {
  const auto source = make("rtp://127.0.0.1:" + std::to_string(test::UdpPort().release()));
  source->open();
  auto waiting =
      std::async(std::launch::async, [&] { return static_cast<bool>(source->capture(-1)); });
  source->close();
  EXPECT_FALSE(waiting.get());
  EXPECT_FALSE(source->is_streaming());
  EXPECT_FALSE(source->capture(-1));
}

TEST_F(VideoSourceTest, IsClosedWhileAFileWaits) {
  const auto source = make(mp4(60));
  ASSERT_TRUE(source->capture(kPatience));
  source->close();
  EXPECT_FALSE(source->capture(0));
}

TEST_F(VideoSourceTest, ReadsAPipeAndWaitsForWhoWritesToIt) {
  const std::string film = folder_.path("a.mkv");
  ASSERT_TRUE(test::write_video(
      12, std::string(test::kH264) + " ! matroskamux ! filesink location=" + film));
  const std::string pipe = folder_.path("pipe.mkv");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  // Nobody writes: that ends neither a capture nor a close() late.
  EXPECT_FALSE(make(pipe)->capture(0));
  source_->close();
  const auto source = make(pipe);
  std::thread writer([&] {
    std::ofstream(pipe, std::ios::binary) << std::ifstream(film, std::ios::binary).rdbuf();
  });
  EXPECT_EQ(all_of(*source).size(), 12U);
  writer.join();
}

TEST_F(VideoSourceTest, SavesWhatItReads) {
  ASSERT_TRUE(test::write_video(
      12, std::string(test::kH264) + " ! mpegtsmux ! filesink location=" + folder_.path("a.ts")));
  options_.input_save = folder_.path("saved.mp4");
  options_.input_loop = 1;
  EXPECT_EQ(all_of(*make(folder_.path("a.ts"))).size(), 24U);
  source_->close();
  const auto saved = test::play_file(options_.input_save);
  EXPECT_EQ(saved.error, "");
  EXPECT_EQ(saved.codec, "video/x-h264");
  EXPECT_EQ(saved.frames.size(), 12U);
}

TEST_F(VideoSourceTest, SavesRawPicturesEncoded) {
  options_.input_save = folder_.path("saved.mkv");
  options_.num_frames = 5;
  EXPECT_EQ(all_of(*make("test://")).size(), 5U);
  source_->close();
  const auto saved = test::play_file(options_.input_save);
  EXPECT_EQ(saved.error, "");
  // Of what is live a machine that is busy may lose some.
  EXPECT_FALSE(saved.frames.empty());
  EXPECT_EQ(saved.codec, "video/x-h264");
}

TEST_F(VideoSourceTest, RefusesWhatCannotBeWithoutOpening) {
  const auto refused = [&](const std::string& uri) {
    return error_of([&] { VideoSource::create(uri, options_); });
  };
  const std::string empty = folder_.write("empty.mp4", "");
  const std::string movie = mp4();
  EXPECT_THAT(refused(folder_.path("none.mp4")), HasSubstr("none.mp4"));
  EXPECT_THAT(refused(empty), HasSubstr("is empty"));
  EXPECT_THAT(refused("/dev/video63"), HasSubstr("There is no device /dev/video63"));
  EXPECT_THAT(refused("test://lion"), HasSubstr("smpte"));
  EXPECT_THAT(refused("rtp://@:5004?encoding=morse"), HasSubstr("morse"));
  EXPECT_THAT(refused("rtp://@:5004?encoding=H264&payload=200"), HasSubstr("0 to 127"));
  EXPECT_THAT(refused("csi://0"), HasSubstr("nvarguscamerasrc"));
  options_.input_loop = 1;
  EXPECT_THAT(refused("test://"), HasSubstr("input-loop"));
  options_ = {};
  options_.encoded = true;
  options_.format = "RGB";
  EXPECT_THAT(refused(movie), HasSubstr("stay encoded"));
  options_ = {};
  options_.input_decoder = "x264dec";
  EXPECT_THAT(refused(movie), HasSubstr("not installed"));
  options_.input_decoder = "x264enc";
  EXPECT_THAT(refused(movie), HasSubstr("no decoder"));
  options_ = {};
  options_.input_flip = "sideways";
  EXPECT_THAT(refused(movie), HasSubstr("input-flip"));
  options_ = {};
  options_.input_save = movie;
  EXPECT_THAT(refused(movie), HasSubstr("very file"));
}

TEST_F(VideoSourceTest, SaysWhatIsWrongWithAFileOnce) {
  const auto text = make(folder_.write("text.mp4", "this is no video at all\n"));
  EXPECT_THAT(error_of([&] { text->open(); }), HasSubstr("no video"));
  EXPECT_FALSE(text->is_streaming());
  EXPECT_FALSE(text->capture(0));

  const std::string sound = folder_.path("sound.ogg");
  ASSERT_TRUE(test::run_pipeline(
      "audiotestsrc num-buffers=20 ! opusenc ! oggmux ! filesink location=" + sound));
  const auto silent = make(sound);
  EXPECT_THAT(error_of([&] { silent->capture(kPatience); }), HasSubstr("no picture, only sound"));
  EXPECT_FALSE(silent->is_streaming());
}

TEST_F(VideoSourceTest, LetsGoOfWhatHasFailed) {
  const auto source = make(folder_.write("text.mp4", "this is no video at all\n"));
  EXPECT_NE(error_of([&] { source->open(); }), "");
  // Without another call of the application's.
  EXPECT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_FALSE(source->element());
}

TEST_F(VideoSourceTest, NamesTheDecoderThatIsMissing) {
  const std::string path = folder_.path("movie.mkv");
  ASSERT_TRUE(test::write_video(2, "theoraenc ! matroskamux ! filesink location=" + path));
  std::vector<std::pair<GstPluginFeature*, guint>> ranks;
  GList* features = gst_registry_get_feature_list(gst_registry_get(), GST_TYPE_ELEMENT_FACTORY);
  for (GList* item = features; item; item = item->next) {
    auto* feature = GST_PLUGIN_FEATURE(item->data);
    if (std::string_view(GST_OBJECT_NAME(feature)).find("theoradec") == std::string_view::npos)
      continue;
    ranks.emplace_back(feature, gst_plugin_feature_get_rank(feature));
    gst_plugin_feature_set_rank(feature, GST_RANK_NONE);
  }
  EXPECT_THAT(error_of([&] { make(path)->open(); }),
              testing::AllOf(HasSubstr("not installed"), HasSubstr("Theora")));
  for (const auto& [feature, rank] : ranks) gst_plugin_feature_set_rank(feature, rank);
  gst_plugin_feature_list_free(features);
}

TEST_F(VideoSourceTest, RefusesAChildProcess) {
  const auto source = make("test://");
  ASSERT_TRUE(source->capture(kPatience));
  const pid_t child = fork();
  if (child == 0) {
    const bool refused =
        error_of([&] { source->capture(-1); }).find("child process") != std::string::npos;
    source->close();
    VideoSource::release(source);
    _exit(refused && !source->is_streaming() && !source->element() ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_TRUE(source->capture(kPatience));
}

}  // namespace
}  // namespace webrtcserver
