// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst/context_sharing.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

constexpr const char* kType = "gst.test.device";

Ref<GstContext> make_context() {
  return Ref<GstContext>::adopt(gst_context_new(kType, TRUE));
}

// An element of ours in a pipeline of the application's.
class ContextSharing : public ::testing::Test {
 protected:
  ContextSharing()
      : pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))),
        before_(gst_element_factory_make("identity", nullptr)),
        ours_(gst_element_factory_make("fakesink", nullptr)) {
    gst_bin_add_many(GST_BIN(pipeline_.get()), before_, ours_, nullptr);
    gst_element_link(before_, ours_);
  }
  ~ContextSharing() override {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    gst_bus_set_flushing(bus.get(), TRUE);
  }

  const Ref<GstElement> pipeline_;
  GstElement* const before_;  // owned by pipeline_
  GstElement* const ours_;    // owned by pipeline_
};

TEST_F(ContextSharing, FindsWhatTheApplicationHasSet) {
  EXPECT_FALSE(find_shared_context(ours_, kType));
  const auto context = make_context();
  gst_element_set_context(pipeline_.get(), context.get());
  EXPECT_TRUE(find_shared_context(ours_, kType) == context);
}

TEST_F(ContextSharing, AsksTheApplication) {
  const auto context = make_context();
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus* /*bus*/, GstMessage* message, gpointer data) {
        if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_NEED_CONTEXT) return GST_BUS_PASS;
        gst_element_set_context(GST_ELEMENT(GST_MESSAGE_SRC(message)),
                                static_cast<GstContext*>(data));
        return GST_BUS_PASS;
      },
      context.get(), nullptr);
  EXPECT_TRUE(find_shared_context(ours_, kType) == context);
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
}

TEST_F(ContextSharing, AsksTheNeighbours) {
  const auto context = make_context();
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(before_, "src"));
  gst_pad_set_query_function_full(
      pad.get(),
      [](GstPad* known, GstObject* /*parent*/, GstQuery* query) -> gboolean {
        if (GST_QUERY_TYPE(query) != GST_QUERY_CONTEXT) return FALSE;
        gst_query_set_context(query, static_cast<GstContext*>(known->querydata));
        return TRUE;
      },
      context.get(), nullptr);
  EXPECT_TRUE(find_shared_context(ours_, kType) == context);
}

TEST_F(ContextSharing, TellsThePipelineWhatAPrivateOneHasMade) {
  const auto context = make_context();
  share_context(ours_, context);
  // The next one that asks gets it from the pipeline.
  EXPECT_TRUE(find_shared_context(before_, kType) == context);
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(before_, "src"));
  const auto query = Ref<GstQuery>::adopt(gst_query_new_context(kType));
  EXPECT_TRUE(answer_context_query(ours_, query.get()));
  GstContext* told = nullptr;
  gst_query_parse_context(query.get(), &told);
  EXPECT_EQ(told, context.get());
}

TEST_F(ContextSharing, LeavesTheApplicationsContextInPlace) {
  const auto context = make_context();
  gst_element_set_context(pipeline_.get(), context.get());
  share_context(ours_, make_context());
  EXPECT_TRUE(find_shared_context(ours_, kType) == context);
}

}  // namespace
}  // namespace webrtcserver
