// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/host_names.hpp"

#include <gst/gst.h>

#include <map>
#include <memory>
#include <mutex>

#include "base/serial_queue.hpp"
#include "rtc/gstreamer_release.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

struct ContextDeleter {
  void operator()(GMainContext* context) const {
    g_main_context_pop_thread_default(context);
    g_main_context_unref(context);
  }
};

struct Lookup {
  GList* addresses = nullptr;
  bool done = false;
};

// What is known of names.
class Names {
 public:
  static Names& instance() {
    static auto* const names = new Names();  // NOLINT: outlives the pools' threads
    return *names;
  }

  // Empty when nothing is known yet.
  std::string find(const std::string& host) {
    const std::scoped_lock lock(mutex_);
    Entry& entry = entries_[host];
    const auto now = Clock::now();
    if (!entry.asking && now >= entry.ask_again) {
      entry.asking = true;
      SerialQueue::create(SerialQueue::Pool::kNetwork)->post([this, host] { look_up(host); });
    }
    return entry.address;
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Entry {
    std::string address;  // the last that was found
    Clock::time_point ask_again;
    bool asking = false;
  };

  void look_up(const std::string& host) {
    const auto never = Ref<GCancellable>::adopt(g_cancellable_new());
    const auto found = resolve_host(host, never.get(), kPatience);
    const std::scoped_lock lock(mutex_);
    Entry& entry = entries_[host];
    entry.asking = false;
    entry.ask_again = Clock::now() + (found ? kMemory : kPause);
    if (found) entry.address = take_string(g_inet_address_to_string(found.get()));
  }

  static constexpr std::chrono::seconds kPatience{10};
  static constexpr std::chrono::seconds kMemory{60};
  static constexpr std::chrono::seconds kPause{5};  // after a failure

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // guarded by mutex_
};

}  // namespace

Ref<GInetAddress> resolve_host(const std::string& host, GCancellable* cancellable,
                               std::chrono::milliseconds limit) {
  const std::unique_ptr<GMainContext, ContextDeleter> context(g_main_context_new());
  g_main_context_push_thread_default(context.get());
  const auto patience = Ref<GCancellable>::adopt(g_cancellable_new());
  const auto cancel = +[](GCancellable*, gpointer target) {
    g_cancellable_cancel(static_cast<GCancellable*>(target));
  };
  const gulong chained =
      g_cancellable_connect(cancellable, G_CALLBACK(cancel), patience.get(), nullptr);
  GSource* const timeout = g_timeout_source_new(static_cast<guint>(limit.count()));
  g_source_set_callback(
      timeout,
      [](gpointer target) -> gboolean {
        g_cancellable_cancel(static_cast<GCancellable*>(target));
        return G_SOURCE_REMOVE;
      },
      patience.get(), nullptr);
  g_source_attach(timeout, context.get());
  Lookup lookup;
  const auto resolver = Ref<GResolver>::adopt(g_resolver_get_default());
  g_resolver_lookup_by_name_async(
      resolver.get(), host.c_str(), patience.get(),
      [](GObject* source, GAsyncResult* result, gpointer data) {
        auto& to = *static_cast<Lookup*>(data);
        to.addresses = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, nullptr);
        to.done = true;
      },
      &lookup);
  while (!lookup.done) g_main_context_iteration(context.get(), TRUE);
  g_source_destroy(timeout);
  g_source_unref(timeout);
  g_cancellable_disconnect(cancellable, chained);
  if (!lookup.addresses) return nullptr;
  auto first = Ref<GInetAddress>::retain(static_cast<GInetAddress*>(lookup.addresses->data));
  g_resolver_free_addresses(lookup.addresses);
  return first;
}

bool webrtcbin_waits_for_names() {
  return gstreamer_is_before(1, 22);
}

std::vector<IceServer> with_known_addresses(const std::vector<IceServer>& servers) {
  std::vector<IceServer> known;
  for (IceServer server : servers) {
    const std::string host = address_of(server).host;
    if (!g_hostname_is_ip_address(host.c_str())) {
      std::string address = Names::instance().find(host);
      if (address.empty()) {
        GST_INFO("%s is not used here: the address of its name is not known yet",
                 server.url.c_str());
        continue;
      }
      if (address.find(':') != std::string::npos) address = "[" + address + "]";
      server.url.replace(server.url.find(':') + 1, host.size(), address);
    }
    known.push_back(std::move(server));
  }
  return known;
}

}  // namespace webrtcserver
