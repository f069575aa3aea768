// SPDX-License-Identifier: LGPL-2.1-or-later
#include "application_context.hpp"

#include <glib.h>

#include <atomic>
#include <utility>

#include "base/guard.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

constexpr std::chrono::milliseconds kPatience{100};

}  // namespace

// What two may want to run, and one does.
class ApplicationContext::Task {
 public:
  explicit Task(std::function<void()> task) : task_(std::move(task)) {}

  void run() {
    if (!taken_.test_and_set()) guard("a change of a control", task_);
  }

 private:
  const std::function<void()> task_;
  std::atomic_flag taken_ = ATOMIC_FLAG_INIT;
};

void ApplicationContext::run(std::function<void()> task) {
  const auto shared = std::make_shared<Task>(std::move(task));
  const auto fall_back = [queue = queue_, shared] { queue->post([shared] { shared->run(); }); };
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(asked_, true)) return fall_back();
  }
  using Question = std::pair<std::weak_ptr<ApplicationContext>, std::shared_ptr<Task>>;
  g_idle_add_full(
      G_PRIORITY_DEFAULT,
      [](gpointer data) -> gboolean {
        const auto& [weak, asked] = *static_cast<Question*>(data);
        if (const auto self = weak.lock()) {
          const std::scoped_lock lock(self->mutex_);
          self->asked_ = false;
        }
        asked->run();
        return G_SOURCE_REMOVE;
      },
      new Question(weak_from_this(), shared),
      [](gpointer data) { delete static_cast<Question*>(data); });
  clock_.post([&clock = clock_, fall_back] {
    // Kept by its own closure until it has run.
    auto timer = std::make_shared<Timer>();
    *timer = clock.after(kPatience, [timer, fall_back] { fall_back(); });
  });
}

}  // namespace webrtcserver
