// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/data_channels.hpp"

#include <mutex>
#include <utility>

#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

bool has_sctp() {
  for (const char* part : {"sctpenc", "sctpdec"}) {
    if (Ref<GstElementFactory>::adopt(gst_element_factory_find(part))) continue;
    static std::once_flag once;
    std::call_once(once, [part] {
      GST_WARNING(
          "The element %s is missing, so there are no data channels: messages go over the "
          "WebSocket. Install GStreamer's \"bad\" plugins (gstreamer1.0-plugins-bad).",
          part);
    });
    return false;
  }
  return true;
}

}  // namespace

DataChannels::DataChannels(std::weak_ptr<DataChannel::Listener> listener, bool lossy)
    : listener_(std::move(listener)) {
  control_.channel = std::make_shared<DataChannel>(Kind::kControl, listener_);
  if (lossy) lossy_.channel = std::make_shared<DataChannel>(Kind::kLossy, listener_);
}

void DataChannels::attach(GstElement* webrtcbin) {
  if (!has_sctp()) return;
  for (const Kind kind : {Kind::kControl, Kind::kLossy}) {
    if (line(kind).channel) line(kind).channel->attach(webrtcbin);
  }
}

void DataChannels::detach() {
  for (const Kind kind : {Kind::kControl, Kind::kLossy}) {
    if (line(kind).channel) line(kind).channel->detach();
  }
}

bool DataChannels::is_open(Kind kind) const {
  return line(kind).channel && line(kind).channel->is_open();
}

bool DataChannels::send(Kind kind, std::string text, const Post& post) {
  if (!is_open(kind)) return false;
  Line& way = line(kind);
  const std::size_t size = text.size();
  if (size > way.channel->max_sent()) return false;
  if (way.outgoing.fetch_add(size) + size > way.channel->max_buffered()) {
    way.outgoing -= size;
    ++way.dropped;
    return true;
  }
  post([self = shared_from_this(), kind, text = std::move(text)] {
    Line& target = self->line(kind);
    target.outgoing -= text.size();
    target.channel->send(text);
  });
  return true;
}

void DataChannels::taken(const DataChannel::Message& message) {
  line(message.lossy ? Kind::kLossy : Kind::kControl).channel->taken(message);
}

std::uint64_t DataChannels::dropped(Kind kind) const {
  return line(kind).channel ? line(kind).dropped + line(kind).channel->dropped() : 0;
}

void DataChannels::set_max_message(std::uint64_t bytes) {
  for (const Kind kind : {Kind::kControl, Kind::kLossy}) {
    if (line(kind).channel) line(kind).channel->set_max_message(bytes);
  }
}

void DataChannels::on_stream() {
  if (++streams_ != kMaxStreams + 1) return;
  if (const auto listener = listener_.lock()) listener->on_too_many_channels();
}

// webrtcbin does not hear of it.
void DataChannels::on_shutdown() {
  for (const Kind kind : {Kind::kControl, Kind::kLossy}) {
    if (line(kind).channel) line(kind).channel->shut();
  }
}

}  // namespace webrtcserver
