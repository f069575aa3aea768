// SPDX-License-Identifier: LGPL-2.1-or-later
// What an application hears of its viewers, and what it may do when it does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Collects what handlers on any thread report.
template <typename Item>
class Log {
 public:
  void add(Item item) {
    {
      const std::scoped_lock lock(mutex_);
      items_.push_back(std::move(item));
    }
    changed_.notify_all();
  }

  std::vector<Item> items() const {
    const std::scoped_lock lock(mutex_);
    return items_;
  }

  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::kPatience, [&] { return items_.size() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Item> items_;  // guarded by mutex_
};

using Words = Log<std::string>;

void connect(const HostPipeline& host, const char* signal, GCallback handler, gpointer data) {
  g_signal_connect(host.sink(), signal, handler, data);
}

TEST(Signals, ConsumersComeAndGoWithTheirWebrtcbin) {
  const HostPipeline host(kLiveVideo);
  Words words;
  const auto handler = [](const char* what) {
    return [what](gchar* session, GstElement* webrtcbin, Words* log) {
      const GstElementFactory* factory = gst_element_get_factory(webrtcbin);
      log->add(std::string(what) + " " + session + " " + GST_OBJECT_NAME(factory));
    };
  };
  static const auto added = handler("added");
  static const auto removed = handler("removed");
  connect(host, "consumer-added",
          G_CALLBACK(+[](GstElement*, gchar* session, GstElement* webrtcbin, Words* log) {
            added(session, webrtcbin, log);
          }),
          &words);
  connect(host, "consumer-removed",
          G_CALLBACK(+[](GstElement*, gchar* session, GstElement* webrtcbin, Words* log) {
            removed(session, webrtcbin, log);
          }),
          &words);
  ASSERT_TRUE(host.play());
  std::string name;
  {
    Viewer viewer(host.socket_url());
    ASSERT_TRUE(viewer.watch());
    name = host.sessions().at(0);
    EXPECT_EQ(viewer.signalling().seen().text("hello", "session"), name);
  }
  ASSERT_TRUE(words.wait_for(2));
  EXPECT_THAT(words.items(),
              ElementsAre("added " + name + " webrtcbin", "removed " + name + " webrtcbin"));
  EXPECT_THAT(host.sessions(), IsEmpty());
}

TEST(Signals, ViewersAreNotified) {
  const HostPipeline host(kLiveVideo);
  Log<unsigned> counts;
  connect(host, "notify::viewers", G_CALLBACK(+[](GObject* sink, GParamSpec*, Log<unsigned>* log) {
            guint viewers = 0;
            g_object_get(sink, "viewers", &viewers, nullptr);
            log->add(viewers);
          }),
          &counts);
  ASSERT_TRUE(host.play());
  {
    Viewer viewer(host.socket_url());
    ASSERT_TRUE(viewer.watch());
    ASSERT_TRUE(counts.wait_for(1));
  }
  ASSERT_TRUE(counts.wait_for(2));
  EXPECT_THAT(counts.items(), ElementsAre(1U, 0U));
}

struct Made {
  std::string session;
  std::string pad;
  Ref<GstElement> element;
};

gboolean keep_made(GstElement* /*sink*/, gchar* session, gchar* pad, GstElement* element,
                   Log<Made>* log) {
  log->add({session, pad, Ref<GstElement>::retain(element)});
  return TRUE;
}

int property_of(const Ref<GstElement>& element, const char* name) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_TYPE_INT);
  g_object_get_property(G_OBJECT(element.get()), name, &value);
  const int number = g_value_get_int(&value);
  g_value_unset(&value);
  return number;
}

TEST(Signals, EncoderAndPayloaderCanBeTuned) {
  const HostPipeline host(kLiveVideo);
  Log<Made> encoders;
  Log<Made> payloaders;
  connect(host, "encoder-setup",
          G_CALLBACK(+[](GstElement* sink, gchar* session, gchar* pad, GstElement* encoder,
                         Log<Made>* log) -> gboolean {
            g_object_set(encoder, "key-int-max", 5U, nullptr);
            return keep_made(sink, session, pad, encoder, log);
          }),
          &encoders);
  connect(host, "payloader-setup",
          G_CALLBACK(+[](GstElement* sink, gchar* session, gchar* pad, GstElement* payloader,
                         Log<Made>* log) -> gboolean {
            g_object_set(payloader, "mtu", 300U, nullptr);
            return keep_made(sink, session, pad, payloader, log);
          }),
          &payloaders);
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url(), {"H264"});
  ASSERT_TRUE(viewer.watch());
  ASSERT_TRUE(encoders.wait_for(1));
  ASSERT_TRUE(payloaders.wait_for(1));
  const std::string session = host.sessions().at(0);
  EXPECT_EQ(encoders.items()[0].session, session);
  EXPECT_EQ(encoders.items()[0].pad, "video_0");
  EXPECT_EQ(payloaders.items()[0].session, session);
  EXPECT_EQ(payloaders.items()[0].pad, "video_0");
  EXPECT_EQ(property_of(payloaders.items()[0].element, "mtu"), 300);
  // Nobody asks for key frames, yet there are more than the first: every fifth is one.
  const std::string track = "sessions/" + session + "/tracks/video_0/key-frames";
  EXPECT_TRUE(eventually([&] { return std::stoi("0" + host.statistic(track)) >= 4; }));
}

TEST(Signals, ARequestedKeyFrameComes) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url(), {"H264"});
  ASSERT_TRUE(viewer.watch());
  const std::string track = "sessions/" + host.sessions().at(0) + "/tracks/video_0/key-frames";
  const auto key_frames = [&] { return std::stoi("0" + host.statistic(track)); };
  ASSERT_TRUE(eventually([&] { return key_frames() > 0; }));
  for (int i = 0; i < 3; ++i) {
    const int before = key_frames();
    g_signal_emit_by_name(host.sink(), "request-key-frame");
    EXPECT_TRUE(eventually([&] { return key_frames() > before; }));
  }
}

TEST(Signals, TheBitrateReachesRunningEncoders) {
  const HostPipeline host(std::string(kLiveVideo) + "start-bitrate=1500000");
  Log<Made> encoders;
  connect(host, "encoder-setup", G_CALLBACK(keep_made), &encoders);
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url(), {"H264"});
  ASSERT_TRUE(viewer.watch());
  ASSERT_TRUE(encoders.wait_for(1));
  const auto encoder = encoders.items()[0].element;
  EXPECT_EQ(property_of(encoder, "bitrate"), 1500);  // kbit/s
  g_object_set(host.sink(), "start-bitrate", 700'000U, nullptr);
  EXPECT_TRUE(eventually([&] { return property_of(encoder, "bitrate") == 700; }));
  EXPECT_TRUE(viewer.wait_media(10));
}

TEST(Signals, StatisticsHaveTheirShape) {
  const HostPipeline host(kLiveVideo);
  EXPECT_EQ(host.statistic("viewers"), "0");
  ASSERT_TRUE(host.play());
  EXPECT_EQ(host.statistic("viewers"), "0");
  Viewer viewer(host.socket_url(), {"H264"});
  ASSERT_TRUE(viewer.watch());
  ASSERT_TRUE(viewer.wait_media(10));
  EXPECT_EQ(host.statistic("viewers"), "1");
  EXPECT_EQ(host.statistic("encoders/video_0-H264"), "x264enc");
  const std::string session = "sessions/" + host.sessions().at(0);
  EXPECT_EQ(host.statistic(session + "/connected"), "true");
  const std::string track = session + "/tracks/video_0";
  EXPECT_EQ(host.statistic(track + "/codec"), "H264");
  EXPECT_GT(std::stoi(host.statistic(track + "/frames")), 0);
  EXPECT_GT(std::stoi(host.statistic(track + "/key-frames")), 0);
  EXPECT_GT(std::stoi(host.statistic(track + "/bytes")), 100);
  EXPECT_EQ(host.statistic(track + "/dropped-frames"), "0");
  EXPECT_THAT(host.statistic(session + "/webrtc"), HasSubstr("outbound-rtp"));
}

TEST(Signals, MetaIsShownToBrowsers) {
  const HostPipeline host(
      std::string(kLiveVideo) +
      R"(meta="meta,title=(string)\"Front camera\",floor=(int)3,outside=(boolean)true")");
  ASSERT_TRUE(host.play());
  EXPECT_THAT(http_get(host.url("/api/streams")).body,
              HasSubstr(R"("meta":{"title":"Front camera","floor":3,"outside":true})"));
}

// Handlers that do what one should not, and what applications do.

TEST(Signals, HandlersMayReadEverything) {
  const HostPipeline host(kLiveVideo);
  Words read;
  const auto reads = G_CALLBACK(+[](GstElement* sink, gchar*, GstElement*, Words* log) {
    GstStructure* stats = nullptr;
    GStrv urls = nullptr;
    guint viewers = 0;
    g_object_get(sink, "stats", &stats, "urls", &urls, "viewers", &viewers, nullptr);
    gst_structure_free(stats);
    g_strfreev(urls);
    GStrv sessions = nullptr;
    g_signal_emit_by_name(sink, "get-sessions", &sessions);
    g_strfreev(sessions);
    g_signal_emit_by_name(sink, "request-key-frame");
    log->add("read");
  });
  connect(host, "consumer-added", reads, &read);
  connect(host, "consumer-removed", reads, &read);
  connect(host, "notify::viewers", G_CALLBACK(+[](GstElement* sink, GParamSpec*, Words* log) {
            GstStructure* stats = nullptr;
            g_object_get(sink, "stats", &stats, nullptr);
            gst_structure_free(stats);
            log->add("read");
          }),
          &read);
  ASSERT_TRUE(host.play());
  {
    Viewer viewer(host.socket_url());
    EXPECT_TRUE(viewer.watch());
  }
  EXPECT_TRUE(read.wait_for(4));
}

// Stops the pipeline from inside the first emission of `signal`.
class Stopper {
 public:
  Stopper(const HostPipeline& host, const char* signal, GCallback handler) : host_(host) {
    connect(host, signal, handler, this);
  }
  void stop() {
    if (stopped_.exchange(true)) return;
    gst_element_set_state(host_.get(), GST_STATE_NULL);
    done_.add("stopped");
  }
  bool wait() { return done_.wait_for(1); }

 private:
  const HostPipeline& host_;
  std::atomic<bool> stopped_{false};
  Words done_;
};

TEST(Signals, HandlersMayStopThePipeline) {
  const auto on_viewers =
      G_CALLBACK(+[](GstElement*, GParamSpec*, Stopper* self) { self->stop(); });
  const auto on_consumer =
      G_CALLBACK(+[](GstElement*, gchar*, GstElement*, Stopper* self) { self->stop(); });
  const auto on_setup =
      G_CALLBACK(+[](GstElement*, gchar*, gchar*, GstElement*, Stopper* self) -> gboolean {
        self->stop();
        return TRUE;
      });
  const std::pair<const char*, GCallback> handlers[] = {{"notify::viewers", on_viewers},
                                                        {"consumer-added", on_consumer},
                                                        {"consumer-removed", on_consumer},
                                                        {"encoder-setup", on_setup},
                                                        {"payloader-setup", on_setup}};
  for (const auto& [signal, handler] : handlers) {
    const HostPipeline host(kLiveVideo);
    Stopper stopper(host, signal, handler);
    ASSERT_TRUE(host.play());
    auto viewer = std::make_unique<Viewer>(host.socket_url());
    viewer->answer();  // in vain when the pipeline has been stopped already
    if (std::string_view(signal) == "consumer-removed") {
      EXPECT_TRUE(viewer->wait_media(1));
      viewer.reset();
    }
    EXPECT_TRUE(stopper.wait()) << signal;
  }
}

}  // namespace
}  // namespace webrtcserver::test
