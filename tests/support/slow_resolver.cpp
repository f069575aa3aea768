// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/slow_resolver.hpp"

#include <condition_variable>
#include <mutex>

#include "support/patience.hpp"

namespace webrtcserver::test {

namespace {

struct State {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> asked;   // guarded by mutex
  std::vector<Ref<GTask>> waiting;  // guarded by mutex
  bool fails = false;               // guarded by mutex
  std::string address;              // guarded by mutex; of every name
};

struct Resolver {
  GResolver parent;
  State* state;
};

struct ResolverClass {
  GResolverClass parent_class;
};

GType resolver_get_type();
G_DEFINE_TYPE(Resolver, resolver, G_TYPE_RESOLVER)

void resolver_init(Resolver* self) {
  self->state = new State();  // NOLINT: a GObject's, freed in finalize
}

void refuse(GTask* task) {
  g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "No such name");
}

void give(GTask* task, const std::string& address) {
  GList* addresses = g_list_append(nullptr, g_inet_address_new_from_string(address.c_str()));
  g_task_return_pointer(
      task, addresses, [](gpointer list) { g_resolver_free_addresses(static_cast<GList*>(list)); });
}

void look_up_async(GResolver* resolver, const gchar* name, GCancellable* cancellable,
                   GAsyncReadyCallback callback, gpointer data) {
  State& state = *reinterpret_cast<Resolver*>(resolver)->state;
  auto task = Ref<GTask>::adopt(g_task_new(resolver, cancellable, callback, data));
  const std::scoped_lock lock(state.mutex);
  state.asked.emplace_back(name);
  state.changed.notify_all();
  if (state.fails) return refuse(task.get());
  if (!state.address.empty()) return give(task.get(), state.address);
  if (cancellable) {
    // A task that is cancelled answers at its next word.
    g_signal_connect_object(cancellable, "cancelled",
                            G_CALLBACK(+[](GCancellable*, GTask* waiting) {
                              g_task_return_error_if_cancelled(waiting);
                            }),
                            task.get(), static_cast<GConnectFlags>(0));
  }
  state.waiting.push_back(std::move(task));
}

GList* finish(GResolver* /*resolver*/, GAsyncResult* result, GError** error) {
  return static_cast<GList*>(g_task_propagate_pointer(G_TASK(result), error));
}

void finalize(GObject* object) {
  delete reinterpret_cast<Resolver*>(object)->state;  // NOLINT
  G_OBJECT_CLASS(resolver_parent_class)->finalize(object);
}

void resolver_class_init(ResolverClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = finalize;
  G_RESOLVER_CLASS(klass)->lookup_by_name_async = look_up_async;
  G_RESOLVER_CLASS(klass)->lookup_by_name_finish = finish;
}

State& state_of(const Ref<GResolver>& resolver) {
  return *reinterpret_cast<Resolver*>(resolver.get())->state;
}

}  // namespace

SlowResolver::SlowResolver()
    : former_(Ref<GResolver>::adopt(g_resolver_get_default())),
      resolver_(Ref<GResolver>::adopt(
          static_cast<GResolver*>(g_object_new(resolver_get_type(), nullptr)))) {
  g_resolver_set_default(resolver_.get());
}

SlowResolver::~SlowResolver() {
  fail();
  g_resolver_set_default(former_.get());
}

std::vector<std::string> SlowResolver::asked() const {
  State& state = state_of(resolver_);
  const std::scoped_lock lock(state.mutex);
  return state.asked;
}

bool SlowResolver::wait_asked(std::size_t count) const {
  State& state = state_of(resolver_);
  std::unique_lock lock(state.mutex);
  return state.changed.wait_for(lock, kPatience, [&] { return state.asked.size() >= count; });
}

void SlowResolver::answer(const std::string& address) {
  State& state = state_of(resolver_);
  std::vector<Ref<GTask>> waiting;
  {
    const std::scoped_lock lock(state.mutex);
    state.address = address;
    waiting.swap(state.waiting);
  }
  for (const auto& task : waiting) {
    if (!g_task_had_error(task.get())) give(task.get(), address);
  }
}

void SlowResolver::fail() {
  State& state = state_of(resolver_);
  std::vector<Ref<GTask>> waiting;
  {
    const std::scoped_lock lock(state.mutex);
    state.fails = true;
    waiting.swap(state.waiting);
  }
  for (const auto& task : waiting) {
    if (!g_task_had_error(task.get())) refuse(task.get());
  }
}

}  // namespace webrtcserver::test
