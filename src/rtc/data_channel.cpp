// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/data_channel.hpp"

#include <gst/webrtc/webrtc.h>

#include <algorithm>
#include <chrono>

#include "base/guard.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

using WeakChannel = std::weak_ptr<DataChannel>;

// As much of a message that is refused as may tell which it is.
constexpr std::size_t kGlimpse = 64;

void free_weak_channel(gpointer data, GClosure* /*closure*/) {
  const std::unique_ptr<WeakChannel> owned(static_cast<WeakChannel*>(data));
}

// Connects `handler`, whose last argument is a WeakChannel*.
void connect(gpointer object, const char* signal, GCallback handler, const WeakChannel& channel) {
  g_signal_connect_data(object, signal, handler, std::make_unique<WeakChannel>(channel).release(),
                        free_weak_channel, static_cast<GConnectFlags>(0));
}

const char* label_of(DataChannel::Kind kind) {
  return kind == DataChannel::Kind::kLossy ? "lossy" : "control";
}

// Null for webrtcbin's defaults: reliable, ordered. Before 1.24 sctpenc turns the bytes of a number
// of retransmissions around, of which 0 is the same.
Owned<GstStructure> options_of(DataChannel::Kind kind) {
  if (kind != DataChannel::Kind::kLossy) return nullptr;
  return Owned<GstStructure>(gst_structure_new("options", "ordered", G_TYPE_BOOLEAN, FALSE,
                                               "max-retransmits", G_TYPE_INT, 0, nullptr));
}

}  // namespace

DataChannel::DataChannel(Kind kind, std::weak_ptr<Listener> listener)
    : kind_(kind), listener_(std::move(listener)) {}

void DataChannel::attach(GstElement* webrtcbin) {
  const auto options = options_of(kind_);
  GObject* made = nullptr;
  g_signal_emit_by_name(webrtcbin, "create-data-channel", label_of(kind_), options.get(), &made);
  channel_ = Ref<GObject>::adopt(made);
  if (!channel_) {
    GST_WARNING_OBJECT(GST_OBJECT_PARENT(webrtcbin), "webrtcbin makes no data channel \"%s\"",
                       label_of(kind_));
    return;
  }
  const auto self = weak_from_this();
  connect(channel_.get(), "on-message-string",
          G_CALLBACK(+[](gpointer, const gchar* text, WeakChannel* weak) {
            guard("on-message-string", [&] {
              if (const auto target = weak->lock()) target->receive(text ? text : "", false);
            });
          }),
          self);
  connect(channel_.get(), "on-message-data",
          G_CALLBACK(+[](gpointer, GBytes* /*data*/, WeakChannel* weak) {
            guard("on-message-data", [&] {
              if (const auto target = weak->lock()) target->receive("", true);
            });
          }),
          self);
  connect(channel_.get(), "notify::ready-state",
          G_CALLBACK(+[](gpointer channel, GParamSpec*, WeakChannel* weak) {
            guard("notify::ready-state", [&] {
              if (const auto target = weak->lock()) target->update_state(channel);
            });
          }),
          self);
}

void DataChannel::detach() {
  open_ = false;
  channel_.reset();
}

void DataChannel::update_state(gpointer channel) {
  auto state = GST_WEBRTC_DATA_CHANNEL_STATE_CLOSED;
  g_object_get(channel, "ready-state", &state, nullptr);
  const bool open = state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN;
  if (open_.exchange(open) || !open) return;
  if (const auto listener = listener_.lock()) listener->on_open(kind_);
}

void DataChannel::receive(std::string_view text, bool binary) {
  if (waiting_ >= kMaxWaiting || waiting_bytes_ >= kMaxWaitingBytes) return;
  const auto listener = listener_.lock();
  if (!listener) return;
  Fault fault = Fault::kNone;
  if (!rate_.take(1, TokenBucket::Clock::now())) {
    fault = Fault::kTooFast;
  } else if (binary) {
    fault = Fault::kBinary;
  } else if (text.size() > kMaxReceived) {
    fault = Fault::kTooLarge;
  }
  Message message{std::string(fault == Fault::kNone ? text : text.substr(0, kGlimpse)), fault,
                  kind_ == Kind::kLossy};
  ++waiting_;
  waiting_bytes_ += message.text.size();
  listener->on_message(std::move(message));
}

std::size_t DataChannel::max_buffered() const {
  return kind_ == Kind::kLossy ? kMaxLossyBuffered : kMaxBuffered;
}

std::size_t DataChannel::max_sent() const {
  const std::size_t largest = kind_ == Kind::kLossy ? kMaxLossySent : kMaxSent;
  return static_cast<std::size_t>(std::min<std::uint64_t>(largest, max_message_));
}

void DataChannel::send(const std::string& text) {
  if (!channel_ || !open_) return;
  guint64 buffered = 0;
  g_object_get(channel_.get(), "buffered-amount", &buffered, nullptr);
  if (text.size() > max_sent() || buffered + text.size() > max_buffered()) {
    ++dropped_;
    return;
  }
  g_signal_emit_by_name(channel_.get(), "send-string", text.c_str());
}

}  // namespace webrtcserver
