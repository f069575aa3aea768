// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures that come in a GPU's memory, on machines that are played by doubles: they go to an
// encoder that takes them there, and nobody touches them by the CPU; or they are downloaded once.
#include <ostream>

#include "doubles/contexts.hpp"
#include "doubles/contracts.hpp"
#include "doubles/converters.hpp"
#include "encoding_set_fixture.hpp"

namespace webrtcserver {
namespace {

using doubles::Contracts;
using doubles::Machine;
using doubles::MemoryKind;
using testing::EncodingSetFixture;
using testing::Media;
using testing::RecordingSink;

constexpr std::size_t kFrames = 3;

Media in_device_memory(const std::string& caps, MemoryKind kind) {
  Media plain = testing::make_media("videotestsrc num-buffers=3 ! " + caps);
  GstVideoInfo info;
  EXPECT_TRUE(gst_video_info_from_caps(&info, plain.caps.get()));
  Media media{doubles::in_memory(plain.caps.get(), kind), {}};
  for (const auto& buffer : plain.buffers) {
    auto copy = doubles::make_buffer(kind, info);
    {
      doubles::Frame from(info, buffer.get(), GST_MAP_READ);
      doubles::Frame to(info, copy.get(), GST_MAP_WRITE);
      gst_video_frame_copy(to.get(), from.get());
    }
    media.buffers.push_back(std::move(copy));
  }
  return media;
}

std::string pictures(const char* format, int width = 320, int height = 240) {
  return std::string("video/x-raw,framerate=30/1,format=") + format +
         ",width=" + std::to_string(width) + ",height=" + std::to_string(height);
}

Machine machine_of(const Contracts& contracts, Machine converters = {}) {
  Machine machine = doubles::install(contracts);
  for (auto& converter : converters) machine.push_back(std::move(converter));
  return machine;
}

// What one stream of pictures cost.
struct Cost {
  std::string encoder;
  std::string download;
  unsigned refused = 0;
  doubles::Traffic traffic;
};

class ZeroCopy : public EncodingSetFixture {
 protected:
  Cost encode(const Media& media, const char* codec = "H264") {
    const auto catalogue = std::make_shared<EncoderCatalogue>(encoder_table());
    // Encoders are tried with a picture of their own, which does not count.
    catalogue->raw_caps(*find_codec(codec));
    const auto set = make(MediaKind::kVideo, {find_codec(codec)}, catalogue);
    const auto before = doubles::traffic();
    const unsigned refused = doubles::refused_maps();
    set->set_caps(media.caps);
    const auto lease = set->acquire(*find_codec(codec), "s1");
    Cost cost;
    if (!lease) {
      ADD_FAILURE() << "no encoder takes these pictures";
      return cost;
    }
    const auto sink = std::make_shared<RecordingSink>();
    lease->join(sink);
    EXPECT_TRUE(stream(*set, media, *sink, kFrames));
    cost.encoder = lease->encoder_name();
    if (const auto downloads = set->downloads(); !downloads.empty())
      cost.download = downloads.begin()->second;
    set->end();
    const auto after = doubles::traffic();
    cost.refused = doubles::refused_maps() - refused;
    cost.traffic = {after.uploads - before.uploads, after.downloads - before.downloads,
                    after.on_device - before.on_device};
    return cost;
  }
};

struct Way {
  const char* machine;
  MemoryKind memory;
  const char* encoder;
};

void PrintTo(const Way& way, std::ostream* out) {
  *out << way.encoder << " for " << doubles::feature_of(way.memory);
}

class ZeroCopyWays : public ZeroCopy, public ::testing::WithParamInterface<Way> {
 protected:
  ZeroCopyWays() {
    const std::string_view name = GetParam().machine;
    if (name == "jetson") machine_ = machine_of(doubles::jetson(), doubles::jetson_converters());
    if (name == "nvidia")
      machine_ = machine_of(doubles::desktop_nvidia(24), doubles::cuda_converters());
    for (auto& converter : doubles::gl_converters()) machine_.push_back(std::move(converter));
    if (name == "va") machine_ = machine_of(doubles::va(22), doubles::va_converters());
  }

  Machine machine_;
};

INSTANTIATE_TEST_SUITE_P(Machines, ZeroCopyWays,
                         ::testing::Values(Way{"jetson", MemoryKind::kNvmm, "nvv4l2h264enc"},
                                           Way{"nvidia", MemoryKind::kCuda, "nvcudah264enc"},
                                           Way{"nvidia", MemoryKind::kGl, "nvcudah264enc"},
                                           Way{"va", MemoryKind::kVa, "vah264enc"},
                                           Way{"va", MemoryKind::kDmaBuf, "vah264enc"}));

TEST_P(ZeroCopyWays, NobodyTouchesThePictures) {
  for (const char* format : {"NV12", "RGBA", "P010_10LE"}) {
    SCOPED_TRACE(format);
    const Cost cost = encode(in_device_memory(pictures(format), GetParam().memory));
    EXPECT_EQ(cost.encoder, GetParam().encoder);
    EXPECT_EQ(cost.download, "");
    EXPECT_EQ(cost.refused, 0U);
    EXPECT_EQ(cost.traffic.downloads, 0U);
    EXPECT_EQ(cost.traffic.uploads, 0U);
    // GL's are handed to CUDA; the rest only moves where the encoder takes another format.
    const bool moves = GetParam().memory == MemoryKind::kGl || std::string_view(format) != "NV12" ||
                       GetParam().memory == MemoryKind::kDmaBuf;
    EXPECT_EQ(cost.traffic.on_device > 0, moves) << cost.traffic.on_device;
  }
}

TEST_P(ZeroCopyWays, OddSizesBecomeEvenWhereTheyLie) {
  const Cost cost = encode(in_device_memory(pictures("NV12", 321, 241), GetParam().memory));
  EXPECT_EQ(cost.encoder, GetParam().encoder);
  EXPECT_EQ(cost.refused, 0U);
  EXPECT_EQ(cost.traffic.downloads, 0U);
  EXPECT_GE(cost.traffic.on_device, kFrames);
}

TEST_P(ZeroCopyWays, FieldsBecomePictures) {
  const Cost cost =
      encode(in_device_memory(pictures("NV12") + ",interlace-mode=interleaved", GetParam().memory));
  EXPECT_EQ(cost.refused, 0U);
  if (GetParam().memory == MemoryKind::kVa) {
    EXPECT_EQ(cost.encoder, "vah264enc");
    EXPECT_EQ(cost.traffic.downloads, 0U);
  } else {
    EXPECT_EQ(cost.encoder, GetParam().encoder);
    // A picture of each field.
    EXPECT_GE(cost.traffic.downloads, kFrames / 2);
    EXPECT_GE(cost.traffic.uploads, kFrames);
  }
}

// cudaconvert wants NVRTC, which comes with CUDA's toolkit and not with the driver.
TEST_F(ZeroCopy, Nv12InCudaMemoryNeedsNoConverter) {
  Machine machine = machine_of(doubles::desktop_nvidia(22), doubles::cuda_converters());
  const doubles::Absence converter("cudaconvert");
  const doubles::Absence scaler("cudascale");
  const Cost cost = encode(in_device_memory(pictures("NV12"), MemoryKind::kCuda));
  EXPECT_EQ(cost.encoder, "nvcudah264enc");
  EXPECT_EQ(cost.download, "");
  EXPECT_EQ(cost.refused, 0U);
  EXPECT_EQ(cost.traffic.downloads + cost.traffic.uploads, 0U);
  const Cost odd = encode(in_device_memory(pictures("NV12", 321, 241), MemoryKind::kCuda));
  EXPECT_EQ(odd.encoder, "nvcudah264enc");
  EXPECT_EQ(odd.refused, 0U);
}

TEST_F(ZeroCopy, WhoTakesThePicturesGoesBeforeWhoseRowIsHigher) {
  const Machine nvidia = machine_of(doubles::desktop_nvidia(24), doubles::cuda_converters());
  const Machine va = machine_of(doubles::va(22), doubles::va_converters());
  EXPECT_EQ(encode(in_device_memory(pictures("NV12"), MemoryKind::kVa)).encoder, "vah264enc");
  EXPECT_EQ(encode(in_device_memory(pictures("NV12"), MemoryKind::kCuda)).encoder, "nvcudah264enc");
  EXPECT_EQ(encode(testing::raw_video(320, 240, 3)).encoder, "nvcudah264enc");
}

TEST_F(ZeroCopy, WhereNoEncoderTakesThemTheyAreDownloadedAndThatIsTold) {
  const Machine cuda = machine_of({}, doubles::cuda_converters());
  const Machine jetson = machine_of({}, doubles::jetson_converters());
  const Machine va = machine_of({}, doubles::va_converters());
  const Machine gl = machine_of({}, doubles::gl_converters());
  const struct {
    MemoryKind memory;
    const char* by;
  } ways[] = {{MemoryKind::kCuda, "cudadownload"},
              {MemoryKind::kNvmm, "nvvidconv"},
              {MemoryKind::kVa, "vapostproc"},
              {MemoryKind::kGl, "gldownload"}};
  for (const auto& way : ways) {
    SCOPED_TRACE(way.by);
    const Cost cost = encode(in_device_memory(pictures("RGBA", 321, 241), way.memory));
    EXPECT_EQ(cost.encoder, "x264enc");
    EXPECT_NE(cost.download.find(way.by), std::string::npos) << cost.download;
    EXPECT_GE(cost.traffic.downloads, kFrames);
    EXPECT_EQ(cost.traffic.uploads, 0U);
    EXPECT_EQ(cost.refused, 0U);
  }
}

TEST_F(ZeroCopy, PicturesOfOthersReachTheHardwareByWayOfSystemMemory) {
  const Machine va = machine_of(doubles::va(22), doubles::va_converters());
  const Machine gl = machine_of({}, doubles::gl_converters());
  const Cost cost = encode(in_device_memory(pictures("RGBA"), MemoryKind::kGl));
  EXPECT_EQ(cost.encoder, "vah264enc");
  EXPECT_GE(cost.traffic.downloads, kFrames);
  EXPECT_EQ(cost.refused, 0U);
}

TEST_F(ZeroCopy, WithoutVideoProcessingTheEncoderTakesSystemMemory) {
  const Machine va = machine_of(doubles::va(22));
  const Cost cost = encode(testing::raw_video(321, 241, 3));
  EXPECT_EQ(cost.encoder, "vah264enc");
  EXPECT_EQ(cost.traffic.uploads, 0U);
}

// ---- contexts

class SharingListener final : public testing::RecordingListener {
 public:
  Ref<GstContext> find_context(const char* type) override {
    record([&] { asked_.emplace_back(type); });
    return shared_;
  }
  void on_context_made(const Ref<GstContext>& context) override {
    record([&] { made_ = context; });
  }

  void share(const Ref<GstContext>& context) { shared_ = context; }  // before anybody asks
  std::vector<std::string> asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }
  Ref<GstContext> made() const {
    const std::scoped_lock lock(mutex_);
    return made_;
  }

 private:
  Ref<GstContext> shared_;
  std::vector<std::string> asked_;  // guarded by mutex_
  Ref<GstContext> made_;            // guarded by mutex_
};

TEST_F(ZeroCopy, TheEncodersPipelineSharesTheApplicationsContext) {
  const Machine machine = machine_of(doubles::desktop_nvidia(24), doubles::cuda_converters());
  const auto listener = std::make_shared<SharingListener>();
  listener_ = listener;
  listener->share(doubles::make_context(MemoryKind::kCuda));
  const unsigned made = doubles::contexts_made();
  encode(in_device_memory(pictures("NV12"), MemoryKind::kCuda));
  ASSERT_FALSE(listener->asked().empty());
  EXPECT_EQ(listener->asked().front(), "gst.cuda.context");
  EXPECT_EQ(doubles::contexts_made(), made);
  EXPECT_FALSE(listener->made());
}

TEST_F(ZeroCopy, AContextThatNobodyHadIsOfferedToTheApplication) {
  const Machine machine = machine_of(doubles::desktop_nvidia(24), doubles::cuda_converters());
  const auto listener = std::make_shared<SharingListener>();
  listener_ = listener;
  const unsigned made = doubles::contexts_made();
  encode(in_device_memory(pictures("NV12"), MemoryKind::kCuda));
  EXPECT_EQ(doubles::contexts_made(), made + 1);
  ASSERT_TRUE(listener->made());
  EXPECT_STREQ(gst_context_get_context_type(listener->made().get()), "gst.cuda.context");
}

}  // namespace
}  // namespace webrtcserver
