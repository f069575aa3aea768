// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/relay_release.hpp"

#include <dlfcn.h>
#include <gio/gio.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/ref.hpp"
#include "base/serial_queue.hpp"

namespace webrtcserver {

namespace {

constexpr std::chrono::milliseconds kPatience{200};

using CloseAsync = void (*)(GObject* agent, GAsyncReadyCallback callback, gpointer data);

// Of the library that webrtcbin has loaded: to link it would be for this alone.
CloseAsync find_close_async() {
  void* library = dlopen("libnice.so.10", RTLD_LAZY | RTLD_NOLOAD);
  return library ? reinterpret_cast<CloseAsync>(dlsym(library, "nice_agent_close_async")) : nullptr;
}

Ref<GObject> object_of(gpointer holder, const char* property) {
  if (!holder || !g_object_class_find_property(G_OBJECT_GET_CLASS(holder), property))
    return nullptr;
  GObject* object = nullptr;
  g_object_get(holder, property, &object, nullptr);
  return Ref<GObject>::adopt(object);
}

struct Release {
  Ref<GObject> ice;  // its thread is the agent's
  Ref<GObject> agent;
  CloseAsync close_async;

  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;  // guarded by mutex
};

using Held = std::shared_ptr<Release>;

// On the agent's thread.
void on_closed(GObject* /*agent*/, GAsyncResult* /*result*/, gpointer data) {
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
  (*held)->close_async((*held)->agent.get(), on_closed, held);
  g_main_context_pop_thread_default(context);
  return G_SOURCE_REMOVE;
}

}  // namespace

void release_relays(GstElement* webrtcbin) {
  static const CloseAsync close_async = find_close_async();
  const auto ice = object_of(webrtcbin, "ice-agent");
  const auto agent = object_of(ice.get(), "agent");
  if (!close_async || !agent ||
      !g_object_class_find_property(G_OBJECT_GET_CLASS(agent.get()), "main-context")) {
    return;
  }
  gpointer context = nullptr;
  g_object_get(agent.get(), "main-context", &context, nullptr);
  if (!context) return;
  const auto release = std::make_shared<Release>();
  release->ice = ice;
  release->agent = agent;
  release->close_async = close_async;
  GSource* const source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, begin, std::make_unique<Held>(release).release(), nullptr);
  g_source_attach(source, static_cast<GMainContext*>(context));
  g_source_unref(source);
  std::unique_lock lock(release->mutex);
  release->changed.wait_for(lock, kPatience, [&] { return release->done; });
}

}  // namespace webrtcserver
