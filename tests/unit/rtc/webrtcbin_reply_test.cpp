// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/webrtcbin_reply.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

TEST(WebrtcbinReply, WaitsForAnotherThread) {
  WebrtcbinReply reply;
  std::thread webrtcbin([promise = Ref<GstPromise>::retain(reply.promise())] {
    gst_promise_reply(promise.get(), gst_structure_new("reply", "answer", G_TYPE_INT, 42, nullptr));
  });
  const auto structure = reply.wait();
  webrtcbin.join();
  int answer = 0;
  ASSERT_TRUE(structure);
  EXPECT_TRUE(gst_structure_get_int(structure.get(), "answer", &answer));
  EXPECT_EQ(answer, 42);
}

TEST(WebrtcbinReply, MayBeEmpty) {
  WebrtcbinReply reply;
  gst_promise_reply(reply.promise(), nullptr);
  EXPECT_EQ(reply.wait(), nullptr);
}

TEST(WebrtcbinReply, ThrowsWebrtcbinsError) {
  WebrtcbinReply reply;
  GError* error = g_error_new_literal(GST_CORE_ERROR, GST_CORE_ERROR_FAILED, "no such thing");
  gst_promise_reply(reply.promise(),
                    gst_structure_new("reply", "error", G_TYPE_ERROR, error, nullptr));
  g_error_free(error);
  try {
    reply.wait();
    ADD_FAILURE() << "There is no error.";
  } catch (const Error& thrown) {
    EXPECT_STREQ(thrown.what(), "no such thing");
  }
}

TEST(WebrtcbinReply, DoesNotWaitForWhatWasInterrupted) {
  WebrtcbinReply reply;
  gst_promise_interrupt(reply.promise());
  EXPECT_THROW(reply.wait(), Error);
}

// webrtcbin drops its tasks when it is stopped.
TEST(WebrtcbinReply, DoesNotWaitForWhatWasDropped) {
  WebrtcbinReply reply;
  g_test_expect_message("GStreamer", G_LOG_LEVEL_WARNING, "*PENDING*");
  EXPECT_THROW(reply.wait(), Error);
  g_test_assert_expected_messages();
}

}  // namespace
}  // namespace webrtcserver
