// SPDX-License-Identifier: LGPL-2.1-or-later
// What is left of the element when it has gone, and what it asks of the program around it: nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "remains.hpp"
#include "support/http_client.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

TEST(Life, FiftyTimesReadyAndNullLeaveNothing) {
  const HostPipeline host(kLiveVideo);
  expect_nothing_is_left(50, [&] {
    ASSERT_TRUE(host.set_state(GST_STATE_READY));
    ASSERT_TRUE(host.set_state(GST_STATE_NULL));
  });
}

TEST(Life, FiftyTimesPlayingAndNullLeaveNothing) {
  const HostPipeline host(kLiveVideo);
  expect_nothing_is_left(50, [&] {
    ASSERT_TRUE(host.play());
    ASSERT_TRUE(host.set_state(GST_STATE_NULL));
  });
}

TEST(Life, ViewersLeaveNothing) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  expect_nothing_is_left(5, [&] {
    {
      Viewer viewer(host.socket_url());
      ASSERT_TRUE(viewer.watch());
    }
    ASSERT_TRUE(eventually([&] { return host.number("viewers") == 0; }));
  });
}

// Counts the objects among those it watches that are still alive.
class Alive {
 public:
  ~Alive() {
    const std::scoped_lock lock(mutex_);
    for (GObject* object : objects_) g_object_weak_unref(object, on_gone, this);
  }

  void watch(gpointer object) {
    {
      const std::scoped_lock lock(mutex_);
      objects_.push_back(G_OBJECT(object));
    }
    g_object_weak_ref(G_OBJECT(object), on_gone, this);
  }

  std::size_t count() const {
    const std::scoped_lock lock(mutex_);
    return objects_.size();
  }

 private:
  static void on_gone(gpointer data, GObject* object) {
    auto* self = static_cast<Alive*>(data);
    const std::scoped_lock lock(self->mutex_);
    self->objects_.erase(std::find(self->objects_.begin(), self->objects_.end(), object));
  }

  mutable std::mutex mutex_;
  std::vector<GObject*> objects_;  // guarded by mutex_
};

TEST(Life, EveryObjectOfASessionGoesWithIt) {
  const HostPipeline host(kLiveVideo);
  Alive alive;
  const auto watch_consumer =
      G_CALLBACK(+[](GstElement*, gchar*, GstElement* webrtcbin, Alive* watcher) {
        watcher->watch(webrtcbin);
        watcher->watch(GST_OBJECT_PARENT(webrtcbin));
      });
  const auto watch_made =
      G_CALLBACK(+[](GstElement*, gchar*, gchar*, GstElement* made, Alive* watcher) -> gboolean {
        watcher->watch(made);
        watcher->watch(GST_OBJECT_PARENT(made));
        return TRUE;
      });
  g_signal_connect(host.sink(), "consumer-added", watch_consumer, &alive);
  g_signal_connect(host.sink(), "encoder-setup", watch_made, &alive);
  g_signal_connect(host.sink(), "payloader-setup", watch_made, &alive);
  ASSERT_TRUE(host.play());
  {
    Viewer viewer(host.socket_url());
    ASSERT_TRUE(viewer.watch());
    EXPECT_EQ(alive.count(), 6U);
  }
  EXPECT_TRUE(eventually([&] { return alive.count() == 0; })) << alive.count();
}

TEST(Life, TheElementGoesWithItsLastReference) {
  Alive alive;
  {
    const HostPipeline host(kLiveVideo);
    alive.watch(host.sink());
    alive.watch(host.get());
    alive.watch(host.element("frames-video_0").get());
    ASSERT_TRUE(host.play());
    Viewer viewer(host.socket_url());
    ASSERT_TRUE(viewer.watch());
  }
  EXPECT_TRUE(eventually([&] { return alive.count() == 0; })) << alive.count();
}

TEST(Life, NeedsNoMainLoopAndLeavesTheDefaultContextAlone) {
  GMainContext* context = g_main_context_default();
  ASSERT_TRUE(g_main_context_acquire(context));
  {
    const HostPipeline host(kLiveVideo);
    ASSERT_TRUE(host.play());
    Viewer viewer(host.socket_url());
    ASSERT_TRUE(viewer.watch());
    EXPECT_EQ(http_get(host.url("/")).status, 200);
    EXPECT_FALSE(g_main_context_pending(context));
  }
  // What sources there are the context would have to poll besides its own wake-up.
  GPollFD polled[8];
  gint timeout = 0;
  gint priority = 0;
  g_main_context_prepare(context, &priority);
  EXPECT_EQ(g_main_context_query(context, G_MAXINT, &timeout, polled, 8), 1);
  EXPECT_EQ(timeout, -1);
  g_main_context_release(context);
}

TEST(Life, WorksInsideABin) {
  const HostPipeline host(
      "videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! bin.( queue ! webrtcsink "
      "name=sink uri=webrtc://127.0.0.1:0/output )");
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url());
  EXPECT_TRUE(viewer.watch());
}

TEST(Life, MayBeMadeAndDroppedWithoutUse) {
  for (int i = 0; i < 20; ++i) {
    const auto sink = Ref<GstElement>::sink(gst_element_factory_make("webrtcsink", nullptr));
    const auto video = Ref<GstPad>::adopt(gst_element_request_pad_simple(sink.get(), "video_%u"));
    const auto audio = Ref<GstPad>::adopt(gst_element_request_pad_simple(sink.get(), "audio_%u"));
    if (i % 2 == 0) gst_element_release_request_pad(sink.get(), video.get());
  }
}

TEST(Life, FailedStartsMayBeRepeated) {
  const HostPipeline host("videotestsrc is-live=true ! webrtcsink name=sink uri=nonsense");
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(host.play());
    ASSERT_TRUE(host.set_state(GST_STATE_NULL));
  }
  g_object_set(host.sink(), "uri", "webrtc://127.0.0.1:0/output", nullptr);
  EXPECT_TRUE(host.play());
}

}  // namespace
}  // namespace webrtcserver::test
