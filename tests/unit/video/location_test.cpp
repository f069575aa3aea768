// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/location.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Pair;

Location input(const std::string& text) {
  return Location::parse(text, LocationUse::kInput);
}

Location output(const std::string& text) {
  return Location::parse(text, LocationUse::kOutput);
}

std::string error_of(const std::string& text, LocationUse use = LocationUse::kInput) {
  try {
    Location::parse(text, use);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidUri) << text;
    return error.what();
  }
  ADD_FAILURE() << text << " is taken";
  return "";
}

TEST(Location, KindOfAnInput) {
  EXPECT_EQ(input("movie.mp4").kind, LocationKind::kFile);
  EXPECT_EQ(input("file:///tmp/movie.mp4").kind, LocationKind::kFile);
  EXPECT_EQ(input("img_%04d.jpg").kind, LocationKind::kImageSequence);
  EXPECT_EQ(input("photo.PNG").kind, LocationKind::kImageSequence);
  EXPECT_EQ(input("/dev/video0").kind, LocationKind::kCamera);
  EXPECT_EQ(input("v4l2:///dev/video0").kind, LocationKind::kCamera);
  EXPECT_EQ(input("csi://0").kind, LocationKind::kCsiCamera);
  EXPECT_EQ(input("screen://").kind, LocationKind::kScreen);
  EXPECT_EQ(input("test://ball").kind, LocationKind::kTest);
  EXPECT_EQ(input("rtsp://camera/stream").kind, LocationKind::kRtsp);
  EXPECT_EQ(input("rtp://@:5004").kind, LocationKind::kRtp);
  EXPECT_EQ(input("webrtc://@:8554/input").kind, LocationKind::kWebrtc);
  EXPECT_EQ(input("webrtcs://@:8554/input").kind, LocationKind::kWebrtc);
  EXPECT_EQ(input("wheps://host/whep").kind, LocationKind::kWhep);
  EXPECT_EQ(input("https://host/movie.mp4").kind, LocationKind::kHttp);
}

TEST(Location, ErrorsKeepPasswordsAndTokensToThemselves) {
  const std::string wrong[] = {"rtsp://me:hush@camera:x/live", "http://me:hush@host:70000/a.mp4",
                               "rtp://me:hush@[::1:5004", "rtmp://me:hush@host:x/app",
                               "rtp://@:5004?auth-token=hu%zzsh"};
  for (const std::string& text : wrong) {
    const auto use = text.starts_with("rtmp") ? LocationUse::kOutput : LocationUse::kInput;
    EXPECT_THAT(error_of(text, use), Not(HasSubstr("hu"))) << text;
  }
  EXPECT_THAT(error_of("rtsp://me:hush@camera:x/live"), HasSubstr("rtsp://…@camera:x/live"));
}

TEST(Location, OnlyWhoListensLeavesThePortToTheKernel) {
  EXPECT_TRUE(output("rtsp://@:0").any_port);
  EXPECT_TRUE(output("rtsp://@:0/live").any_port);
  EXPECT_FALSE(output("rtsp://@/live").any_port);
  EXPECT_THAT(error_of("rtsp://camera:0/live"), HasSubstr("from 1 to"));
  EXPECT_THAT(error_of("rtmp://host:0/live", LocationUse::kOutput), HasSubstr("from 1 to"));
}

TEST(Location, KindOfAnOutput) {
  EXPECT_EQ(output("movie.mp4").kind, LocationKind::kFile);
  EXPECT_EQ(output("img_%04d.jpg").kind, LocationKind::kImageSequence);
  EXPECT_EQ(output("newest.jpg").kind, LocationKind::kImageSequence);
  EXPECT_EQ(output("webrtc://@:8554/output").kind, LocationKind::kWebrtc);
  EXPECT_EQ(output("whips://host/whip").kind, LocationKind::kWhip);
  EXPECT_EQ(output("rtsp://@:8555/stream").kind, LocationKind::kRtsp);
  EXPECT_EQ(output("rtp://127.0.0.1:5004").kind, LocationKind::kRtp);
  EXPECT_EQ(output("rtmp://host/app/key").kind, LocationKind::kRtmp);
  EXPECT_EQ(output("display://").kind, LocationKind::kDisplay);
}

TEST(Location, FoldersAndWildcardsAreImages) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(input(folder.path("")).kind, LocationKind::kImageSequence);
  EXPECT_EQ(input(folder.path("*.jpg")).kind, LocationKind::kImageSequence);
  EXPECT_THAT(error_of(folder.path("*.mp4")), HasSubstr("wildcard is for images"));
  // Somebody may call a movie so.
  const std::string odd = folder.write("why?.mp4", "");
  EXPECT_EQ(input(odd).kind, LocationKind::kFile);
}

TEST(Location, PathsOfFiles) {
  EXPECT_EQ(input("file:///tmp/my%20movie.mp4").path, "/tmp/my movie.mp4");
  EXPECT_EQ(input("file://movie.mp4").path, "movie.mp4");
  EXPECT_EQ(input("file://localhost/tmp/movie.mp4").path, "/tmp/movie.mp4");
  EXPECT_EQ(input("file:///tmp/my%20img_%04d.jpg").path, "/tmp/my img_%04d.jpg");
  EXPECT_EQ(input("/tmp/100%.mp4").path, "/tmp/100%.mp4");
  EXPECT_EQ(input("my movie://x.mp4").kind, LocationKind::kFile);
}

TEST(Location, Devices) {
  EXPECT_EQ(input("v4l2://2").path, "/dev/video2");
  EXPECT_EQ(input("v4l2://dev/video1").path, "/dev/video1");
  EXPECT_EQ(input("/dev/v4l/by-id/usb-cam").path, "/dev/v4l/by-id/usb-cam");
  EXPECT_EQ(input("csi://1").path, "1");
  EXPECT_EQ(input("screen://0").path, "0");
  EXPECT_EQ(input("test://").path, "");
}

TEST(Location, PartsOfNetworkAddresses) {
  const auto camera = input("rtsp://user:pa@ss@camera.local:8554/live/1?channel=2&sub");
  EXPECT_EQ(camera.host, "camera.local");
  EXPECT_EQ(camera.port, 8554);
  EXPECT_EQ(camera.path, "live/1");
  EXPECT_THAT(camera.query, testing::ElementsAre(Pair("channel", "2"), Pair("sub", "")));

  const auto rtp = input("rtp://@:5004?encoding=H264&payload=96");
  EXPECT_EQ(rtp.host, "@");
  EXPECT_EQ(rtp.port, 5004);
  EXPECT_THAT(rtp.query, testing::ElementsAre(Pair("encoding", "H264"), Pair("payload", "96")));
  EXPECT_EQ(input("rtp://:5004").host, "@");
  EXPECT_EQ(input("rtp://0.0.0.0:5004/").host, "@");
  EXPECT_EQ(input("rtp://239.1.2.3:5004").host, "239.1.2.3");
  EXPECT_EQ(output("rtp://[::1]:5004").host, "::1");

  const auto served = output("rtsp://@:8555/stream");
  EXPECT_EQ(served.host, "@");
  EXPECT_EQ(served.port, 8555);
  EXPECT_EQ(served.path, "stream");

  const auto stream = input("webrtc://@:0/input?latency=50");
  EXPECT_EQ(stream.host, "@");
  EXPECT_EQ(stream.port, 0);
  EXPECT_EQ(stream.path, "input");
  EXPECT_EQ(stream.text, "webrtc://@:0/input?latency=50");
  EXPECT_EQ(input("whep://[::1]:8554/output/whep").path, "output/whep");
}

TEST(Location, SaysWhatIsWrong) {
  EXPECT_THAT(error_of(""), HasSubstr("empty"));
  EXPECT_THAT(error_of("ftp://host/x"), HasSubstr("an input is a path, file://, v4l2://"));
  EXPECT_THAT(error_of("rtmp://host/x"), HasSubstr("cannot be an input"));
  EXPECT_THAT(error_of("test://", LocationUse::kOutput), HasSubstr("cannot be an output"));
  EXPECT_THAT(error_of("/dev/video0", LocationUse::kOutput), HasSubstr("is a camera"));
  EXPECT_THAT(error_of("photos/", LocationUse::kOutput), HasSubstr("is a folder"));
  EXPECT_THAT(error_of("*.jpg", LocationUse::kOutput), HasSubstr("wildcard"));
  EXPECT_THAT(error_of("img_%d_%d.jpg", LocationUse::kOutput), HasSubstr("more than one number"));
  EXPECT_THAT(error_of("rtp://@"), HasSubstr("has no port"));
  EXPECT_THAT(error_of("rtp://@:70000"), HasSubstr("from 1 to 65535"));
  EXPECT_THAT(error_of("rtp://@:0"), HasSubstr("from 1 to 65535"));
  EXPECT_THAT(error_of("rtp://@:5004/x"), HasSubstr("no path"));
  EXPECT_THAT(error_of("rtp://@:5004?codec=H264"), HasSubstr("it has encoding,payload"));
  EXPECT_THAT(error_of("rtp://@:5004?encoding"), HasSubstr("name=value"));
  EXPECT_THAT(error_of("rtp://@:5004", LocationUse::kOutput), HasSubstr("sent to a host"));
  EXPECT_THAT(error_of("rtp://::1:5004"), HasSubstr("brackets"));
  EXPECT_THAT(error_of("rtp://[::1:5004"), HasSubstr("closing bracket"));
  EXPECT_THAT(error_of("rtsp:///path"), HasSubstr("names no host"));
  EXPECT_THAT(error_of("rtsp://@:8554/path"), HasSubstr("names no host"));
  EXPECT_THAT(error_of("rtsp://a b/path"), HasSubstr("The host in"));
  EXPECT_THAT(error_of("csi://front"), HasSubstr("a number or nothing"));
  EXPECT_THAT(error_of("v4l2://front"), HasSubstr("/dev/video0"));
  EXPECT_THAT(error_of("test://ball?speed=2"), HasSubstr("no option"));
  EXPECT_THAT(error_of("webrtc://@:8554"), HasSubstr("stream name is missing"));
  EXPECT_THAT(error_of("whip://host/path"), HasSubstr("cannot be an input"));
  EXPECT_THAT(error_of("whep:///path"), HasSubstr("host"));
  EXPECT_THAT(error_of(std::string(9000, 'x')), HasSubstr("at most 8192"));
}

}  // namespace
}  // namespace webrtcserver
