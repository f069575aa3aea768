// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/webrtcbin_reply.hpp"

#include <memory>

#include "base/error.hpp"

namespace webrtcserver {

// Belongs to the promise. Its std::promise breaks when webrtcbin drops its task without a reply.
class WebrtcbinReply::Receiver {
 public:
  std::future<Owned<GstStructure>> future() { return reply_.get_future(); }

  static void on_change(GstPromise* promise, gpointer data) {
    auto* self = static_cast<Receiver*>(data);
    if (gst_promise_wait(promise) != GST_PROMISE_RESULT_REPLIED) {
      self->reply_ = {};
      return;
    }
    const GstStructure* reply = gst_promise_get_reply(promise);
    self->reply_.set_value(Owned<GstStructure>(reply ? gst_structure_copy(reply) : nullptr));
  }

  static void free(gpointer data) {
    const std::unique_ptr<Receiver> owned(static_cast<Receiver*>(data));
  }

 private:
  std::promise<Owned<GstStructure>> reply_;
};

WebrtcbinReply::WebrtcbinReply() {
  auto receiver = std::make_unique<Receiver>();
  reply_ = receiver->future();
  promise_ = Ref<GstPromise>::adopt(
      gst_promise_new_with_change_func(Receiver::on_change, receiver.release(), Receiver::free));
}

Owned<GstStructure> WebrtcbinReply::wait() {
  promise_.reset();  // webrtcbin's reference is the last one: dropped without a reply, it breaks
  Owned<GstStructure> reply;
  try {
    reply = reply_.get();
  } catch (const std::future_error&) {
    throw Error(ErrorCode::kFailed, "webrtcbin was stopped before it replied.");
  }
  GError* error = nullptr;
  if (reply && gst_structure_get(reply.get(), "error", G_TYPE_ERROR, &error, nullptr) && error) {
    const Owned<GError> owned(error);
    throw Error(ErrorCode::kFailed, owned->message);
  }
  return reply;
}

}  // namespace webrtcserver
