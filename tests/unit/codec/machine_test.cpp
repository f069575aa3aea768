// SPDX-License-Identifier: LGPL-2.1-or-later
// The catalogue's rows on machines that tests do not have: doubles of their encoders, whose
// contracts were read apart from the rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "codec/property_settings.hpp"
#include "doubles/contracts.hpp"
#include "doubles/converters.hpp"
#include "doubles/station.hpp"
#include "encoding_set_fixture.hpp"

namespace webrtcserver {
namespace {

using doubles::Contracts;
using doubles::ElementContract;
using doubles::Machine;
using doubles::Station;
using testing::RecordingSink;

using Values = std::map<std::string, std::string>;

struct Case {
  const char* name;
  Contracts contracts;
  Machine (*converters)();
  const char* codec;
  const char* encoder;  // that ought to be chosen
  Values values;        // that ought to have arrived, as the element's own words
};

Machine tegra_converters() {
  return doubles::jetson_converters();
}
Machine deepstream_converters() {
  return doubles::jetson_converters(true);
}
Machine no_converters() {
  return {};
}

std::vector<Case> cases() {
  // The words of each release for the same wishes: constant bitrate, no reordering, no key frames
  // by the clock, parameter sets with each key frame.
  const Values tegra{{"control-rate", "constant_bitrate"},
                     {"preset-level", "UltraFastPreset"},
                     {"maxperf-enable", "true"}};
  const Values old_nvcodec{{"rc-mode", "cbr"},      {"preset", "low-latency-hq"},
                           {"zerolatency", "true"}, {"gop-size", "-1"},
                           {"bframes", "0"},        {"rc-lookahead", "0"}};
  const Values new_nvcodec{{"rc-mode", "cbr"},      {"preset", "p4"},
                           {"zerolatency", "true"}, {"tune", "ultra-low-latency"},
                           {"gop-size", "-1"},      {"bframes", "0"},
                           {"rc-lookahead", "0"},   {"repeat-sequence-header", "true"}};
  const Values cuda{{"rate-control", "cbr"},
                    {"gop-size", "-1"},
                    {"b-frames", "0"},
                    {"rc-lookahead", "0"},
                    {"zero-reorder-delay", "true"},
                    {"aud", "false"},
                    {"repeat-sequence-header", "true"}};
  const Values va{{"rate-control", "cbr"}, {"b-frames", "0"}, {"key-int-max", "1024"}};
  return {
      {"jetson", doubles::jetson(), tegra_converters, "H264", "nvv4l2h264enc", tegra},
      {"jetson_h265", doubles::jetson(), tegra_converters, "H265", "nvv4l2h265enc", tegra},
      {"jetson_vp8", doubles::jetson(), tegra_converters, "VP8", "nvv4l2vp8enc", tegra},
      {"deepstream",
       doubles::deepstream(),
       deepstream_converters,
       "H264",
       "nvv4l2h264enc",
       {{"control-rate", "constant_bitrate"}}},
      {"nvidia_1_20", doubles::desktop_nvidia(20), doubles::cuda_converters, "H264", "nvh264enc",
       old_nvcodec},
      {"nvidia_1_22", doubles::desktop_nvidia(22), doubles::cuda_converters, "H264",
       "nvcudah264enc", cuda},
      {"nvidia_1_24", doubles::desktop_nvidia(24), doubles::cuda_converters, "H264",
       "nvcudah264enc", cuda},
      {"nvidia_1_26", doubles::desktop_nvidia(26), doubles::cuda_converters, "H264", "nvh264enc",
       new_nvcodec},
      {"nvidia_1_28", doubles::desktop_nvidia(28), doubles::cuda_converters, "H264", "nvh264enc",
       new_nvcodec},
      {"nvidia_1_26_h265", doubles::desktop_nvidia(26), doubles::cuda_converters, "H265",
       "nvh265enc", new_nvcodec},
      {"va", doubles::va(22), doubles::va_converters, "H264", "vah264enc", va},
      {"va_1_26_h265", doubles::va(26), doubles::va_converters, "H265", "vah265enc", va},
      {"raspberry_pi_1_20", doubles::raspberry_pi(20), no_converters, "H264", "v4l2h264enc", {}},
      {"raspberry_pi_1_24", doubles::raspberry_pi(24), no_converters, "H264", "v4l2h264enc", {}},
  };
}

class MachineTest : public testing::EncodingSetFixture,
                    public ::testing::WithParamInterface<std::size_t> {};

TEST_P(MachineTest, ItsEncoderIsChosenAndDriven) {
  const Case one = cases()[GetParam()];
  Station& station = Station::of(one.encoder);
  station.reset();
  Machine converters = one.converters();
  const Machine encoders = doubles::install(one.contracts);
  const Codec& codec = *find_codec(one.codec);
  const auto set =
      make(MediaKind::kVideo, {&codec}, std::make_shared<EncoderCatalogue>(encoder_table()));
  const testing::Media media = testing::raw_video(320, 240, 3);
  set->set_caps(media.caps);
  const auto sink = std::make_shared<RecordingSink>();
  auto lease = set->acquire(codec, "s1");
  ASSERT_TRUE(lease);
  lease->join(sink);
  ASSERT_TRUE(stream(*set, media, *sink, 3));
  EXPECT_EQ(lease->encoder_name(), one.encoder);
  EXPECT_TRUE(sink->frames()[0]->key_frame);

  // In the element's unit.
  ASSERT_FALSE(station.seen().bitrates.empty());
  EXPECT_EQ(station.seen().bitrates.back(), 1'000'000U);
  set->set_bitrate(2'000'000);
  EXPECT_TRUE(station.wait([](const Station::Seen& seen) {
    return !seen.bitrates.empty() && seen.bitrates.back() == 2'000'000U;
  }));

  // A key frame when asked, in the way that the element hears, and never before its first buffer.
  const std::size_t before = sink->frames().size();
  set->request_key_frame();
  const auto key_frame_came = [&] {
    const auto frames = sink->frames();
    return std::any_of(frames.begin() + static_cast<std::ptrdiff_t>(before), frames.end(),
                       [](const RtpFramePtr& frame) { return frame->key_frame; });
  };
  while (!key_frame_came()) {
    ASSERT_TRUE(stream(*set, media, *sink, 1));
    ASSERT_LT(sink->frames().size(), before + 1000) << "it does not hear";
  }
  const Station::Seen seen = station.seen();
  EXPECT_GE(seen.key_frames_asked, 1U);
  EXPECT_EQ(seen.key_frames_missed, 0U);
  EXPECT_EQ(seen.asked_too_early, 0U);

  for (const auto& [property, value] : one.values)
    EXPECT_EQ(station.value(property), value) << property;
  for (const Station::Setting& setting : seen.settings) {
    EXPECT_TRUE(setting.effective)
        << setting.property << " was set in " << gst_element_state_get_name(setting.state);
  }
  EXPECT_TRUE(listener_->failures().empty());
  EXPECT_TRUE(listener_->replacements().empty());
}

INSTANTIATE_TEST_SUITE_P(Codec, MachineTest, ::testing::Range<std::size_t>(0, cases().size()),
                         [](const auto& of) { return std::string(cases()[of.param].name); });

// ---- the table's words, against every contract

bool takes(const ElementContract& contract, const PropertySetting& setting) {
  const Machine one = doubles::install(Contracts{&contract});
  const auto element = Ref<GstElement>::sink(gst_element_factory_make(contract.factory, nullptr));
  GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), setting.name);
  if (!spec || (spec->flags & G_PARAM_WRITABLE) == 0) return false;
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
  const bool taken = gst_value_deserialize(&value, setting.value) != FALSE &&
                     g_param_value_validate(spec, &value) == FALSE;
  g_value_unset(&value);
  return taken;
}

std::string_view family_of(std::string_view factory) {
  const bool is_nvcodec = factory.starts_with("nv") && !factory.starts_with("nvv4l2");
  return is_nvcodec ? "nv" : factory.substr(0, factory.starts_with("va") ? 2 : 6);
}

// A row names what several releases have: what none of them has is misspelt, or out of range.
TEST(EncoderTableOnHardware, EverySettingIsOneThatSomeReleaseTakes) {
  // Rows share their settings with others of the same plugin.
  const Contracts family = doubles::all_contracts();
  std::vector<const Encoder*> checked;
  for (const Encoder& row : encoder_table()) {
    Contracts of_it;
    for (const ElementContract* contract : doubles::all_contracts()) {
      if (std::string_view(contract->factory) == row.factory && contract->coder)
        of_it.push_back(contract);
    }
    if (of_it.empty()) continue;
    checked.push_back(&row);
    SCOPED_TRACE(row.factory);
    for (const PropertySetting& setting : row.settings) {
      EXPECT_TRUE(std::any_of(family.begin(), family.end(),
                              [&](const ElementContract* contract) {
                                return contract->coder &&
                                       family_of(contract->factory) == family_of(row.factory) &&
                                       takes(*contract, setting);
                              }))
          << setting.name << "=" << setting.value;
    }
    for (const ElementContract* contract : of_it) {
      if (!contract->bitrate_property) continue;
      EXPECT_STREQ(row.bitrate_property, contract->bitrate_property);
      EXPECT_EQ(row.bitrate_unit == BitrateUnit::kBit ? 1 : 1000, contract->bits_per_unit);
    }
  }
  EXPECT_GE(checked.size(), 12U);
}

}  // namespace
}  // namespace webrtcserver
