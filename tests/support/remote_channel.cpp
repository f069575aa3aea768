// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/remote_channel.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "support/patience.hpp"

namespace webrtcserver::test {

namespace {

constexpr auto kDeadline = kPatience;

std::string label_of(GObject* channel) {
  gchar* label = nullptr;
  g_object_get(channel, "label", &label, nullptr);
  return take_string(label);
}

}  // namespace

RemoteChannel::~RemoteChannel() {
  if (channel_) g_signal_handlers_disconnect_by_data(channel_.get(), this);
}

void RemoteChannel::take(GObject* channel) {
  g_signal_connect(channel, "on-message-string",
                   G_CALLBACK(+[](GObject*, const gchar* text, RemoteChannel* self) {
                     {
                       const std::scoped_lock lock(self->mutex_);
                       self->heard_.emplace_back(text ? text : "");
                     }
                     self->changed_.notify_all();
                   }),
                   this);
  {
    const std::scoped_lock lock(mutex_);
    channel_ = Ref<GObject>::retain(channel);
  }
  changed_.notify_all();
}

Ref<GObject> RemoteChannel::channel() const {
  const std::scoped_lock lock(mutex_);
  return channel_;
}

std::string RemoteChannel::wait_label() {
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kDeadline, [this] { return bool(channel_); })) return {};
  }
  return label_of(channel().get());
}

gint RemoteChannel::number(const char* property) const {
  gint value = 0;
  g_object_get(channel().get(), property, &value, nullptr);
  return value;
}

void RemoteChannel::say(const std::string& text) {
  const auto target = channel();
  ASSERT_TRUE(target) << "There is no data channel.";
  g_signal_emit_by_name(target.get(), "send-string", text.c_str());
}

void RemoteChannel::say_bytes() {
  const auto target = channel();
  ASSERT_TRUE(target) << "There is no data channel.";
  GBytes* bytes = g_bytes_new("{}", 2);
  g_signal_emit_by_name(target.get(), "send-data", bytes);
  g_bytes_unref(bytes);
}

bool RemoteChannel::wait_sent() {
  const auto target = channel();
  const auto is_sent = [&target] {
    guint64 buffered = 0;
    g_object_get(target.get(), "buffered-amount", &buffered, nullptr);
    return buffered == 0;
  };
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (!is_sent() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  return is_sent();
}

std::vector<std::string> RemoteChannel::heard(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kDeadline, [&] { return heard_.size() >= count; });
  return heard_;
}

void RemoteChannels::take(GObject* channel) {
  (label_of(channel) == "lossy" ? lossy : control).take(channel);
}

}  // namespace webrtcserver::test
