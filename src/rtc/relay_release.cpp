// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/relay_release.hpp"

#include <agent.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/ref.hpp"
#include "base/serial_queue.hpp"
#include "rtc/nice_agent.hpp"

namespace webrtcserver {

namespace {

constexpr std::chrono::milliseconds kPatience{200};

struct Release {
  Ref<GObject> ice;  // its thread is the agent's
  Ref<GObject> agent;

  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;  // guarded by mutex
};

using Held = std::shared_ptr<Release>;

// On the agent's thread.
void on_closed(GObject* /*object*/, GAsyncResult* /*result*/, gpointer data) {
  const std::unique_ptr<Held> owned(static_cast<Held*>(data));
  Held release = *owned;
  {
    const std::scoped_lock lock(release->mutex);
    release->done = true;
  }
  release->changed.notify_all();
  // The last reference must not go here, on the thread that it would join.
  SerialQueue::create()->post([release = std::move(release)]() mutable {
    release->agent.reset();
    release->ice.reset();
  });
}

gboolean begin(gpointer data) {
  auto* const held = static_cast<Held*>(data);
  // The answer comes to the context of this thread, not to a main loop that may not exist.
  GMainContext* const context =
      g_main_current_source() ? g_source_get_context(g_main_current_source()) : nullptr;
  g_main_context_push_thread_default(context);
  nice_agent_close_async(NICE_AGENT((*held)->agent.get()), on_closed, held);
  g_main_context_pop_thread_default(context);
  return G_SOURCE_REMOVE;
}

}  // namespace

void release_relays(GstElement* webrtcbin) {
  const auto agent = nice_agent_of(webrtcbin);
  if (!agent) return;
  gpointer context = nullptr;
  g_object_get(agent.get(), "main-context", &context, nullptr);
  if (!context) return;
  const auto release = std::make_shared<Release>();
  release->ice = ice_of(webrtcbin);
  release->agent = agent;
  GSource* const source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, begin, std::make_unique<Held>(release).release(), nullptr);
  g_source_attach(source, static_cast<GMainContext*>(context));
  g_source_unref(source);
  std::unique_lock lock(release->mutex);
  release->changed.wait_for(lock, kPatience, [&] { return release->done; });
}

}  // namespace webrtcserver
