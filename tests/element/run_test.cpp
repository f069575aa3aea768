// SPDX-License-Identifier: LGPL-2.1-or-later
// run-policy in an application: what starts, stops and continues is seen by counting what comes out
// of the source. tests/browser/run.test.js has gst-launch-1.0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;

constexpr char kLive[] =
    "videotestsrc name=src is-live=true ! video/x-raw,format=I420,width=160,height=120,"
    "framerate=30/1 ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output ";
// As fast as it is taken: a file.
constexpr char kFile[] =
    "videotestsrc name=src num-buffers=1000000 ! video/x-raw,format=I420,width=160,height=120,"
    "framerate=30/1 ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output ";

std::string request(const char* type) {
  return R"({"id":1,"request":{"type":")" + std::string(type) + R"("}})";
}

HttpAnswer ask(const HostPipeline& host, const char* type) {
  return http("PATCH", host.url("/api/controls/output"), {{"Content-Type", "application/json"}},
              request(type));
}

std::string streams(const HostPipeline& host) {
  return http_get(host.url("/api/streams")).body;
}

bool stopped(const HostPipeline& host) {
  return streams(host).find(R"("pipeline":"stopped")") != std::string::npos;
}

// Counts buffers that pass a pad, with their timestamps.
class Counter {
 public:
  Counter(const HostPipeline& host, const char* element, const char* pad = "src")
      : pad_(Ref<GstPad>::adopt(gst_element_get_static_pad(host.element(element).get(), pad))) {
    probe_ = gst_pad_add_probe(
        pad_.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo*, gpointer data) {
          auto* self = static_cast<Counter*>(data);
          {
            const std::scoped_lock lock(self->mutex_);
            ++self->count_;
          }
          self->changed_.notify_all();
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
  }
  ~Counter() { gst_pad_remove_probe(pad_.get(), probe_); }
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;

  unsigned count() const {
    const std::scoped_lock lock(mutex_);
    return count_;
  }
  bool wait_more(unsigned more) {
    std::unique_lock lock(mutex_);
    const unsigned target = count_ + more;
    return changed_.wait_for(lock, kPatience, [&] { return count_ >= target; });
  }

 private:
  const Ref<GstPad> pad_;
  gulong probe_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  unsigned count_ = 0;  // guarded by mutex_
};

// Does what gst-launch-1.0 does with the element's requests, until it goes.
class Obeying {
 public:
  explicit Obeying(const HostPipeline& host)
      : bus_(Ref<GstBus>::adopt(gst_element_get_bus(host.get()))), pipeline_(host.get()) {
    thread_ = std::thread([this] {
      while (!done_) {
        const auto message = Ref<GstMessage>::adopt(
            gst_bus_timed_pop_filtered(bus_.get(), 20 * GST_MSECOND, GST_MESSAGE_REQUEST_STATE));
        if (!message) continue;
        GstState state = GST_STATE_NULL;
        gst_message_parse_request_state(message.get(), &state);
        gst_element_set_state(pipeline_, state);
        ++obeyed_;
      }
    });
  }
  ~Obeying() {
    done_ = true;
    thread_.join();
  }
  Obeying(const Obeying&) = delete;
  Obeying& operator=(const Obeying&) = delete;

  unsigned obeyed() const { return obeyed_; }

 private:
  const Ref<GstBus> bus_;
  GstElement* const pipeline_;
  std::atomic<bool> done_{false};
  std::atomic<unsigned> obeyed_{0};
  std::thread thread_;
};

GstState state_of(const HostPipeline& host) {
  GstState state = GST_STATE_NULL;
  gst_element_get_state(host.get(), &state, nullptr, 0);
  return state;
}

TEST(RunPolicy, ManualWaitsForStartAndAsksTheApplication) {
  const HostPipeline host(std::string(kLive) + "run-policy=manual");
  Counter frames(host, "src");
  const Obeying application(host);
  ASSERT_TRUE(host.start());
  ASSERT_TRUE(eventually([&] { return application.obeyed() == 1; }));
  ASSERT_TRUE(eventually([&] { return state_of(host) == GST_STATE_PAUSED; }));
  EXPECT_TRUE(stopped(host));

  const HttpAnswer started = ask(host, "start");
  EXPECT_EQ(started.status, 200);
  EXPECT_EQ(started.body, R"({"type":"ControlResponseMessage","id":1,"error":null})");
  EXPECT_FALSE(stopped(host));
  EXPECT_TRUE(frames.wait_more(10));

  EXPECT_EQ(ask(host, "stop").status, 200);
  EXPECT_TRUE(stopped(host));
  ASSERT_TRUE(eventually([&] { return state_of(host) == GST_STATE_PAUSED; }));
  EXPECT_EQ(ask(host, "start").status, 200);
  EXPECT_TRUE(frames.wait_more(10));
}

TEST(RunPolicy, ALiveSourceIsHeldFromViewersOfAnApplicationThatGoesOn) {
  const HostPipeline host(std::string(kLive) + "run-policy=manual");
  Counter frames(host, "src");
  ASSERT_TRUE(host.play());
  ASSERT_EQ(ask(host, "start").status, 200);
  const auto encoder = [&] { return host.statistic("encoders/video_0-H264"); };
  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.watch());
  ASSERT_TRUE(eventually([&] { return !encoder().empty(); }));

  ASSERT_EQ(ask(host, "stop").status, 200);
  // The source goes on, and nobody works on it.
  ASSERT_TRUE(frames.wait_more(10));
  EXPECT_EQ(state_of(host), GST_STATE_PLAYING);
  EXPECT_EQ(encoder(), "");
  EXPECT_THAT(streams(host), HasSubstr(R"("state":"paused","pipeline":"stopped")"));
  // Who comes now is connected, and has the picture from the start on.
  Viewer late(host.socket_url());
  ASSERT_TRUE(late.answer());
  ASSERT_TRUE(late.peer().channel().wait_label() == "control");
  EXPECT_EQ(encoder(), "");
  EXPECT_EQ(late.received(), 0U);
  ASSERT_EQ(ask(host, "start").status, 200);
  EXPECT_TRUE(viewer.wait_media(20));
  EXPECT_TRUE(late.wait_media(20));
}

TEST(RunPolicy, AFileWaitsAndGoesOnWhereItWas) {
  const HostPipeline host(std::string(kFile) +
                          "run-policy=manual videotestsrc name=time is-live=true ! "
                          "video/x-raw,framerate=30/1 ! fakesink sync=false async=false");
  Counter frames(host, "src");
  Counter time(host, "time");
  ASSERT_TRUE(host.play());
  EXPECT_TRUE(stopped(host));
  ASSERT_TRUE(time.wait_more(20));
  EXPECT_LE(frames.count(), 3U);  // one in the sink, one on its way
  ASSERT_EQ(ask(host, "start").status, 200);
  ASSERT_TRUE(frames.wait_more(10));
  ASSERT_EQ(ask(host, "stop").status, 200);
  const unsigned before = frames.count();
  ASSERT_TRUE(time.wait_more(40));
  EXPECT_LE(frames.count(), before + 2);
  // Nor do those of that time come at once now.
  const unsigned begin = time.count();
  ASSERT_EQ(ask(host, "start").status, 200);
  ASSERT_TRUE(frames.wait_more(30));
  EXPECT_GE(time.count(), begin + 5);
}

TEST(RunPolicy, StateChangesSeeksAndTheEndDoNotHangWhileItIsStopped) {
  const HostPipeline host(std::string(kFile) + "run-policy=manual");
  ASSERT_TRUE(host.play());
  EXPECT_TRUE(host.set_state(GST_STATE_PAUSED));
  EXPECT_TRUE(host.play());
  EXPECT_TRUE(
      gst_element_seek_simple(host.get(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 10 * GST_SECOND));
  EXPECT_NE(gst_element_get_state(host.get(), nullptr, nullptr, kPatienceInNanoseconds),
            GST_STATE_CHANGE_FAILURE);
  EXPECT_EQ(state_of(host), GST_STATE_PLAYING);
  Counter frames(host, "src");
  ASSERT_EQ(ask(host, "start").status, 200);
  EXPECT_TRUE(frames.wait_more(5));
  EXPECT_EQ(ask(host, "stop").status, 200);
  EXPECT_TRUE(host.set_state(GST_STATE_NULL));
  EXPECT_TRUE(host.play());
  EXPECT_TRUE(stopped(host));
}

TEST(RunPolicy, PicturesAndSoundGoOnTogether) {
  const HostPipeline host(std::string(kFile) +
                          "run-policy=manual audiotestsrc name=sound samplesperbuffer=1600 "
                          "num-buffers=1000000 ! audio/x-raw,rate=48000 ! sink.");
  Counter frames(host, "src");
  Counter sound(host, "sound");
  ASSERT_TRUE(host.play());
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(ask(host, "start").status, 200);
    ASSERT_TRUE(frames.wait_more(10));
    ASSERT_EQ(ask(host, "stop").status, 200);
  }
  ASSERT_EQ(ask(host, "start").status, 200);
  ASSERT_TRUE(sound.wait_more(10));
  EXPECT_TRUE(eventually([&] {
    const auto ahead = static_cast<int>(frames.count()) - static_cast<int>(sound.count());
    return std::abs(ahead) <= 2;
  }));
}

TEST(RunPolicy, TheEndComesToAFileThatWasStoppedAndToALiveSourceThatIs) {
  {
    const HostPipeline host(
        "videotestsrc name=src num-buffers=30 ! video/x-raw,width=160,height=120,framerate=30/1 ! "
        "webrtcsink name=sink uri=webrtc://127.0.0.1:0/output run-policy=manual");
    Counter frames(host, "src");
    ASSERT_TRUE(host.play());
    ASSERT_EQ(ask(host, "start").status, 200);
    ASSERT_TRUE(frames.wait_more(5));
    ASSERT_EQ(ask(host, "stop").status, 200);
    ASSERT_EQ(ask(host, "start").status, 200);
    EXPECT_TRUE(host.wait_message(GST_MESSAGE_EOS));
    EXPECT_EQ(frames.count(), 30U);
  }
  const HostPipeline host(std::string(kLive) + "run-policy=manual");
  ASSERT_TRUE(host.play());
  EXPECT_TRUE(stopped(host));
  gst_element_send_event(host.get(), gst_event_new_eos());
  EXPECT_TRUE(host.wait_message(GST_MESSAGE_EOS));
}

TEST(RunPolicy, AnApplicationThatDoesNotPlayIsAnError) {
  const HostPipeline host(std::string(kFile) + "run-policy=manual");
  ASSERT_TRUE(host.set_state(GST_STATE_PAUSED));
  EXPECT_TRUE(stopped(host));
  const HttpAnswer answer = ask(host, "start");
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"not-started")"));
  EXPECT_TRUE(stopped(host));
}

TEST(RunPolicy, APadMayGoWhileItsBufferWaits) {
  const HostPipeline host(
      std::string(kFile) +
      "run-policy=manual videotestsrc name=other num-buffers=1000000 ! queue name=before ! sink.");
  ASSERT_TRUE(host.play());
  EXPECT_TRUE(stopped(host));
  const auto source =
      Ref<GstPad>::adopt(gst_element_get_static_pad(host.element("before").get(), "src"));
  const auto pad = Ref<GstPad>::adopt(gst_pad_get_peer(source.get()));
  ASSERT_TRUE(pad);
  gst_pad_unlink(source.get(), pad.get());
  gst_element_release_request_pad(host.sink(), pad.get());
  Counter frames(host, "src");
  ASSERT_EQ(ask(host, "start").status, 200);
  EXPECT_TRUE(frames.wait_more(10));
}

TEST(RunPolicy, TheApplicationMayDoItItself) {
  const HostPipeline host(std::string(kLive) + "run-policy=manual");
  struct Asked {
    std::atomic<unsigned> starts{0};
    std::atomic<unsigned> stops{0};
  } asked;
  g_signal_connect(host.sink(), "start-requested",
                   G_CALLBACK(+[](GstElement*, Asked* a) -> gboolean {
                     ++a->starts;
                     return TRUE;
                   }),
                   &asked);
  g_signal_connect(host.sink(), "stop-requested",
                   G_CALLBACK(+[](GstElement*, Asked* a) -> gboolean {
                     ++a->stops;
                     return TRUE;
                   }),
                   &asked);
  ASSERT_TRUE(host.play());
  ASSERT_TRUE(eventually([&] { return asked.stops == 1; }));  // that is how it begins
  Viewer viewer(host.socket_url());
  EXPECT_TRUE(viewer.watch());  // it stops what it likes to
  EXPECT_EQ(ask(host, "start").status, 200);
  EXPECT_EQ(asked.starts, 1U);
  EXPECT_EQ(ask(host, "start").status, 200);  // it does already
  EXPECT_EQ(asked.starts, 1U);
  EXPECT_EQ(ask(host, "stop").status, 200);
  EXPECT_EQ(asked.stops, 2U);
  EXPECT_TRUE(stopped(host));
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(host.get()));
  EXPECT_FALSE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_REQUEST_STATE)));
}

TEST(RunPolicy, OnDemandFollowsTheViewers) {
  const HostPipeline host(std::string(kLive) + "run-policy=on-demand idle-timeout=0");
  const Obeying application(host);
  ASSERT_TRUE(host.start());
  ASSERT_TRUE(eventually([&] { return state_of(host) == GST_STATE_PAUSED; }));
  EXPECT_TRUE(stopped(host));
  EXPECT_THAT(ask(host, "start").body, HasSubstr(R"("code":"not-manual")"));
  EXPECT_EQ(ask(host, "start").status, 422);
  for (int round = 0; round < 2; ++round) {
    Viewer viewer(host.socket_url());
    EXPECT_TRUE(viewer.watch());
    EXPECT_FALSE(stopped(host));
    viewer.signalling().vanish();
    EXPECT_TRUE(eventually([&] { return stopped(host) && state_of(host) == GST_STATE_PAUSED; }));
  }
}

TEST(RunPolicy, OnDemandAnOfferByHttpStartsItAndIsAnsweredThen) {
  // An encoder tells its caps with its first frame.
  const HostPipeline host(
      "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "
      "x264enc tune=zerolatency ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output "
      "run-policy=on-demand");
  const Obeying application(host);
  ASSERT_TRUE(host.set_state(GST_STATE_PAUSED));
  EXPECT_THAT(streams(host), HasSubstr(R"("state":"waiting","pipeline":"stopped")"));
  const HostPipeline screen("webrtcsrc name=source uri=" + host.url("/output/whep", "whep") +
                            " source. ! fakesink name=end");
  Counter pictures(screen, "end", "sink");
  ASSERT_TRUE(screen.start());
  EXPECT_TRUE(pictures.wait_more(5));
  EXPECT_FALSE(stopped(host));
  // At the first attempt.
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(screen.get()));
  EXPECT_FALSE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_WARNING)));
}

TEST(RunPolicy, BelongsToAServerOfOurOwn) {
  const HostPipeline host(
      "videotestsrc is-live=true ! webrtcsink name=sink uri=whip://127.0.0.1:9/whip "
      "run-policy=manual");
  EXPECT_FALSE(host.play());
  EXPECT_THAT(host.wait_error(), HasSubstr("run-policy=manual"));
}

TEST(RunPolicy, ChangesWhileItRuns) {
  const HostPipeline host{kLive};
  ASSERT_TRUE(host.play());
  EXPECT_THAT(ask(host, "stop").body, HasSubstr(R"("code":"not-manual")"));
  SignallingClient viewer(host.socket_url());
  ASSERT_TRUE(viewer.wait_for("sdp"));
  EXPECT_FALSE(viewer.seen().find("controls"));
  gst_util_set_object_arg(G_OBJECT(host.sink()), "run-policy", "manual");
  ASSERT_TRUE(viewer.wait_for("controls"));
  EXPECT_THAT(viewer.seen().find("controls")->text, HasSubstr(R"("runPolicy":"manual")"));
  viewer.send(request("stop"));
  EXPECT_TRUE(viewer.wait_for("ControlResponseMessage"));
  EXPECT_TRUE(stopped(host));
  gst_util_set_object_arg(G_OBJECT(host.sink()), "run-policy", "always");
  EXPECT_TRUE(eventually([&] { return !stopped(host); }));
  // That nothing is left to decide is said too.
  EXPECT_TRUE(viewer.wait([](const SignallingClient::Seen& seen) {
    return std::any_of(seen.messages.begin(), seen.messages.end(), [](const auto& message) {
      return message.text.find(R"("runPolicy":"always")") != std::string::npos;
    });
  }));
}

}  // namespace
}  // namespace webrtcserver::test
