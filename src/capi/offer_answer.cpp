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
  if (!fault.code) {
    return g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
                                   fault.message.c_str());
  }
  g_task_return_new_error(task, GST_WEBRTC_SERVER_ERROR, static_cast<int>(*fault.code), "%s",
                          fault.message.c_str());
}

void finish(Answer& answer, const OfferDesk::Result& result) {
  auto task = std::exchange(answer.task, nullptr);
  answer.give_up = {};
  if (!task) return;
  if (answer.cancelled != 0)
    g_cancellable_disconnect(g_task_get_cancellable(task.get()), answer.cancelled);
  deliver(task.get(), result);
  // The application's last reference to the server may be the task's, and the server must not end
  // within what one of its sessions does.
  SerialQueue::create(SerialQueue::Pool::kApplication)->post([task = std::move(task)] {});
}

void watch(const std::shared_ptr<Answer>& answer, GCancellable* cancellable) {
  if (!cancellable) return;
  // At once where it is cancelled already, hence by way of the thread's queue.
  answer->cancelled = g_cancellable_connect(
      cancellable, G_CALLBACK(+[](GCancellable*, gpointer data) {
        const auto& weak = *static_cast<std::weak_ptr<Answer>*>(data);
        server_thread().post([weak] {
          if (const auto self = weak.lock(); self && self->give_up) self->give_up();
        });
      }),
      new std::weak_ptr<Answer>(answer),
      [](gpointer data) { delete static_cast<std::weak_ptr<Answer>*>(data); });
}

}  // namespace

void answer_offer(const std::shared_ptr<Server>& server, const std::string& stream,
                  const std::string& offer, const Ref<GTask>& task) {
  if (g_task_return_error_if_cancelled(task.get())) return;
  const auto answer = std::make_shared<Answer>();
  answer->task = task;
  if (!server)
    return finish(*answer, OfferDesk::Fault{ErrorCode::kClosed, "The server does not run."});
  // It may stop meanwhile, which is told then.
  server->loop().post([weak = std::weak_ptr<Server>(server), stream, offer, answer] {
    const auto running = weak.lock();
    if (!running)
      return finish(*answer, OfferDesk::Fault{ErrorCode::kClosed, "The server has stopped."});
    Grant grant = Grant::everything();
    grant.lasting = true;
    auto give_up = running->offers().answer(
        stream, offer, grant,
        [answer](const OfferDesk::Result& result) { finish(*answer, result); });
    if (!answer->task) return;
    answer->give_up = std::move(give_up);
    watch(answer, g_task_get_cancellable(answer->task.get()));
  });
}

}  // namespace webrtcserver
