// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/offer_answer.hpp"

#include <gst/webrtcserver/error.h>

#include <functional>
#include <utility>
#include <variant>

#include "base/serial_queue.hpp"

namespace webrtcserver {

namespace {

// One answer on its way. Server thread.
struct Answer {
  Ref<GTask> task;
  std::function<void()> give_up;
  gulong cancelled = 0;  // handler of the task's GCancellable
};

void deliver(GTask* task, const OfferDesk::Result& result) {
  if (const auto* sdp = std::get_if<std::string>(&result))
    return g_task_return_pointer(task, g_strdup(sdp->c_str()), g_free);
  const auto& fault = std::get<OfferDesk::Fault>(result);
  const auto fail = [&](GQuark domain, int code) {
    g_task_return_new_error(task, domain, code, "%s", fault.message.c_str());
  };
  if (const auto* code = std::get_if<ErrorCode>(&fault.code))
    return fail(GST_WEBRTC_SERVER_ERROR, static_cast<int>(*code));
  fail(G_IO_ERROR, std::get<GIOErrorEnum>(fault.code));
}

void finish(Answer& answer, const OfferDesk::Result& result) {
  auto task = std::exchange(answer.task, nullptr);
  answer.give_up = {};
  if (!task) return;
  // Not g_cancellable_disconnect(), which waits for handlers that run: they are the application's,
  // and may themselves wait for the server.
  if (answer.cancelled != 0)
    g_signal_handler_disconnect(g_task_get_cancellable(task.get()), answer.cancelled);
  deliver(task.get(), result);
  // The application's last reference to the server may be the task's, and the server must not end
  // within what one of its sessions does.
  SerialQueue::create(SerialQueue::Pool::kApplication)->post([task = std::move(task)] {});
}

// Whoever answers without a request has decided it by other means than tokens.
Grant of_the_application() {
  Grant grant = Grant::everything();
  grant.lasting = true;
  return grant;
}

// Any thread.
void give_up_soon(const std::weak_ptr<Answer>& answer) {
  server_thread().post([answer] {
    if (const auto self = answer.lock(); self && self->give_up) self->give_up();
  });
}

void watch(const std::shared_ptr<Answer>& answer, GCancellable* cancellable) {
  if (!cancellable) return;
  // Not g_cancellable_connect() either, for the same reason.
  answer->cancelled = g_signal_connect_data(
      cancellable, "cancelled", G_CALLBACK(+[](GCancellable*, gpointer data) {
        give_up_soon(*static_cast<std::weak_ptr<Answer>*>(data));
      }),
      new std::weak_ptr<Answer>(answer),
      [](gpointer data, GClosure*) { delete static_cast<std::weak_ptr<Answer>*>(data); },
      GConnectFlags{});
  // Where that was before, nobody has been told.
  if (g_cancellable_is_cancelled(cancellable)) give_up_soon(answer);
}

}  // namespace

void answer_offer(const std::shared_ptr<Server>& server, const std::string& stream,
                  const std::string& offer, const std::optional<Grant>& grant,
                  const Channel::Client& client, const Ref<GTask>& task) {
  if (g_task_return_error_if_cancelled(task.get())) return;
  const auto answer = std::make_shared<Answer>();
  answer->task = task;
  if (!server)
    return finish(*answer, OfferDesk::Fault{ErrorCode::kClosed, "The server does not run."});
  // It may stop meanwhile, which is told then.
  server->loop().post([weak = std::weak_ptr<Server>(server), stream, offer, grant, client, answer] {
    const auto running = weak.lock();
    if (!running)
      return finish(*answer, OfferDesk::Fault{ErrorCode::kClosed, "The server has stopped."});
    // The token may have been taken away since the request came.
    const auto counts = running->renew(grant ? *grant : of_the_application());
    if (!counts) {
      return finish(*answer, OfferDesk::Fault{G_IO_ERROR_PERMISSION_DENIED,
                                              "The request's token does not count any more."});
    }
    auto give_up = running->offers().answer(
        stream, offer, *counts, client,
        [answer](const OfferDesk::Result& result) { finish(*answer, result); });
    if (!answer->task) return;
    answer->give_up = std::move(give_up);
    watch(answer, g_task_get_cancellable(answer->task.get()));
  });
}

}  // namespace webrtcserver
