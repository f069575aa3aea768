// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/input_stream.hpp"

#include <algorithm>

#include "server/publisher.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

InputStream::InputStream(LoopThread& loop, const Settings& settings,
                         std::weak_ptr<Observer> observer, std::function<void()> on_changed)
    : Stream(loop, settings, observer, std::move(on_changed)),
      settings_(settings),
      observer_(std::move(observer)),
      slots_(settings_.max_sessions) {}

InputStream::~InputStream() = default;

void InputStream::set_inputs(unsigned slot, std::vector<Input> inputs) {
  if (has_ended() || slot >= slots_.size()) return;
  slots_[slot] = {true, std::move(inputs)};
  for (const auto& publisher : publishers()) {
    if (publisher->slot() != slot) continue;
    if (publisher->fits(slots_[slot].inputs)) {
      publisher->negotiate();
    } else {
      publisher->end("restart", "The pipeline takes other media now.");
    }
  }
  changed();
}

void InputStream::fail(const std::string& message) {
  if (has_ended() || !error_.empty()) return;
  GST_WARNING("stream %s: the pipeline has failed", settings_.name.c_str());
  error_ = message;
  waiting_.cancel();
  announce_state();
}

void InputStream::report_bad_media(const Decoding* decoding, const std::string& message) {
  for (const auto& publisher : publishers()) {
    if (publisher->feeds(decoding)) publisher->warn("bad-media", message);
  }
}

void InputStream::warn(const std::string& message) {
  GST_WARNING("stream %s: %s", settings_.name.c_str(), message.c_str());
  if (const auto observer = observer_.lock()) observer->on_warning(message);
}

unsigned InputStream::free_slot() const {
  const auto all = publishers();
  unsigned slot = 0;
  while (std::any_of(all.begin(), all.end(),
                     [slot](const auto& publisher) { return publisher->slot() == slot; }))
    ++slot;
  return slot;
}

void InputStream::admit(std::unique_ptr<Channel> channel) {
  const auto self = std::static_pointer_cast<InputStream>(shared_from_this());
  if (session_count() >= settings_.max_sessions) {
    if (settings_.on_second == SecondPublisher::kReject) {
      std::make_shared<Publisher>(self, std::move(channel), 0)
          ->turn_away("busy", settings_.max_sessions == 1
                                  ? "Somebody else is publishing to this stream."
                                  : "The stream has as many publishers as it takes.");
      return;
    }
    const auto all = publishers();
    const auto oldest = std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a->number() < b->number();
    });
    (*oldest)->end("replaced", "Somebody else publishes to this stream now.");
  }
  idle_.cancel();
  const unsigned slot = free_slot();
  const auto publisher = std::make_shared<Publisher>(self, std::move(channel), slot);
  add(publisher);
  if (slots_[slot].known) return;
  if (const auto observer = observer_.lock()) observer->on_slot_wanted(slot);
}

void InputStream::remove(const Session& session) {
  Stream::remove(session);
  update_state();
  if (!settings_.idle_limit || !published_ || session_count() > 0 || has_ended()) return;
  idle_ = loop().after(*settings_.idle_limit, [this] {
    if (const auto observer = observer_.lock()) observer->on_idle();
  });
}

void InputStream::update_state() {
  if (state() == StreamState::kLive) {
    published_ = true;
    waiting_.cancel();
  }
  announce_state();
}

void InputStream::on_paused_changed() {
  if (is_paused()) {
    waiting_.cancel();
  } else if (!published_ && !waiting_ && !has_ended() && error_.empty()) {
    waiting_ = loop().every(settings_.waiting_interval, [this] {
      ++waited_;
      const auto seconds =
          std::chrono::duration_cast<std::chrono::seconds>(waited_ * settings_.waiting_interval);
      if (const auto observer = observer_.lock())
        observer->on_waiting(static_cast<unsigned>(seconds.count()));
      return true;
    });
  }
}

void InputStream::end(std::string_view reason, std::string_view message) {
  waiting_.cancel();
  idle_.cancel();
  Stream::end(reason, message);
}

std::vector<std::shared_ptr<Publisher>> InputStream::publishers() const {
  std::vector<std::shared_ptr<Publisher>> publishers;
  for (const auto& session : sessions())
    publishers.push_back(std::static_pointer_cast<Publisher>(session));
  return publishers;
}

std::vector<std::shared_ptr<Decoding>> InputStream::decodings() const {
  std::vector<std::shared_ptr<Decoding>> decodings;
  for (const Slot& slot : slots_) {
    for (const Input& input : slot.inputs) decodings.push_back(input.decoding);
  }
  return decodings;
}

StreamState InputStream::state() const {
  if (!error_.empty()) return StreamState::kError;
  if (is_paused()) return StreamState::kPaused;
  const auto all = publishers();
  return std::any_of(all.begin(), all.end(),
                     [](const auto& publisher) { return publisher->is_live(); })
             ? StreamState::kLive
             : StreamState::kWaiting;
}

std::vector<const char*> InputStream::flags() const {
  const auto takes = [this](MediaKind kind) {
    return std::any_of(slots_.begin(), slots_.end(), [kind](const Slot& slot) {
      return std::any_of(slot.inputs.begin(), slot.inputs.end(), [kind](const Input& input) {
        return input.decoding->kind() == kind && !input.formats.empty();
      });
    });
  };
  std::vector<const char*> flags;
  if (takes(MediaKind::kVideo)) flags.push_back("video");
  if (takes(MediaKind::kAudio)) flags.push_back("audio");
  flags.push_back("recv");
  if (settings_.max_sessions > 1) flags.push_back("multi_client");
  return flags;
}

void InputStream::describe_media(JsonWriter& json) const {
  for (const Input& input : slots_.front().inputs) {
    if (input.formats.empty()) continue;
    json.begin()
        .add("kind", to_string(input.decoding->kind()))
        .add("name", input.decoding->name())
        .begin_array("codecs");
    for (const Format& format : input.formats) json.element(format.codec->name);
    json.end_array().end();
  }
}

}  // namespace webrtcserver
