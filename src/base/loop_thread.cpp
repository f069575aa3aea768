// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/loop_thread.hpp"

#include <pthread.h>

#include <string>

#include "base/guard.hpp"

namespace webrtcserver {

namespace {

using Tick = std::function<bool()>;

gboolean run_tick(gpointer data) {
  return guard("a timer on the server thread", false,
               [&] { return (*static_cast<Tick*>(data))(); });
}

template <typename Callable>
void destroy(gpointer data) {
  delete static_cast<Callable*>(
      data);  // NOLINT(cppcoreguidelines-owning-memory): GSource owns it as gpointer.
}

}  // namespace

void Timer::cancel() {
  if (!source_) return;
  g_source_destroy(source_);
  g_source_unref(source_);
  source_ = nullptr;
}

LoopThread::LoopThread(const char* name)
    : context_(Ref<GMainContext>::adopt(g_main_context_new())),
      loop_(Ref<GMainLoop>::adopt(g_main_loop_new(context_.get(), FALSE))) {
  thread_ = std::thread([this, name = std::string(name)] {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
    g_main_context_push_thread_default(context_.get());
    g_main_loop_run(loop_.get());
    g_main_context_pop_thread_default(context_.get());
  });
}

LoopThread::~LoopThread() {
  post([this] { g_main_loop_quit(loop_.get()); });
  thread_.join();
  // Sources that libsoup or GIO left behind (idle close handlers) still hold references.
  while (g_main_context_iteration(context_.get(), FALSE)) {
  }
}

void LoopThread::post(std::function<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  GSource* source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, run_posted, this, nullptr);
  g_source_attach(source, context_.get());
  g_source_unref(source);
}

gboolean LoopThread::run_posted(gpointer data) {
  auto& self = *static_cast<LoopThread*>(data);
  guard("a task on the server thread", [&] {
    std::function<void()> task;
    {
      const std::scoped_lock lock(self.mutex_);
      task = std::move(self.tasks_.front());
      self.tasks_.pop_front();
    }
    task();
  });
  return G_SOURCE_REMOVE;
}

Timer LoopThread::every(std::chrono::milliseconds interval, Tick tick) {
  GSource* source = g_timeout_source_new(static_cast<guint>(interval.count()));
  g_source_set_callback(source, run_tick, std::make_unique<Tick>(std::move(tick)).release(),
                        destroy<Tick>);
  g_source_attach(source, context_.get());
  return Timer(source);
}

Timer LoopThread::after(std::chrono::milliseconds delay, std::function<void()> task) {
  return every(delay, [task = std::move(task)] {
    task();
    return false;
  });
}

}  // namespace webrtcserver
