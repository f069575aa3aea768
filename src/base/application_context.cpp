// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/application_context.hpp"

#include <glib.h>

#include <atomic>
#include <utility>

#include "base/guard.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::base())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

constexpr std::chrono::milliseconds kPatience{100};
// For how long a context that did not answer is not asked again.
constexpr std::chrono::seconds kMemory{10};

}  // namespace

// What two may want to run, and one does.
class ApplicationContext::Task {
 public:
  explicit Task(std::function<void()> task) : task_(std::move(task)) {}

  // False where the other was first.
  bool run() {
    if (taken_.test_and_set()) return false;
    guard("a change of a control", task_);
    return true;
  }

 private:
  const std::function<void()> task_;
  std::atomic_flag taken_ = ATOMIC_FLAG_INIT;
};

void ApplicationContext::run(std::function<void()> task) {
  const auto shared = std::make_shared<Task>(std::move(task));
  if (std::chrono::steady_clock::now() < silent_until_.load())
    return queue_->post([shared] { shared->run(); });
  const std::shared_ptr<GSource> source(g_idle_source_new(), g_source_unref);
  g_source_set_priority(source.get(), G_PRIORITY_DEFAULT);
  g_source_set_callback(
      source.get(),
      [](gpointer data) -> gboolean {
        (*static_cast<std::shared_ptr<Task>*>(data))->run();
        return G_SOURCE_REMOVE;
      },
      new std::shared_ptr<Task>(shared),
      [](gpointer data) { delete static_cast<std::shared_ptr<Task>*>(data); });
  g_source_attach(source.get(), nullptr);
  clock_.post([self = shared_from_this(), shared, source] {
    // Kept by its own closure until it has run.
    auto timer = std::make_shared<Timer>();
    *timer = self->clock_.after(kPatience, [self, shared, source, timer] {
      g_source_destroy(source.get());
      self->queue_->post([self, shared] {
        if (shared->run()) self->silent_until_ = std::chrono::steady_clock::now() + kMemory;
      });
    });
  });
}

}  // namespace webrtcserver
