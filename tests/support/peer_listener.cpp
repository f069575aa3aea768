// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/peer_listener.hpp"

#include <gtest/gtest.h>

#include "support/patience.hpp"

namespace webrtcserver::test {

namespace {

constexpr auto kDeadline = kPatience;

}  // namespace

void PeerListener::set_candidate_handler(CandidateHandler handler) {
  candidate_handler_ = std::move(handler);
}

PeerListener::Seen PeerListener::seen() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->seen;
}

bool PeerListener::wait(const std::function<bool(const Seen&)>& condition) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, kDeadline, [&] { return condition(state_->seen); });
}

void PeerListener::close(Peer& peer) {
  std::promise<void> done;
  peer.close([&done] { done.set_value(); });
  // There is no way on: the peer would write to `done` later.
  if (done.get_future().wait_for(kDeadline) != std::future_status::ready)
    g_error("The peer does not close.");
}

template <typename Change>
void PeerListener::change(Change&& change) {
  const std::scoped_lock lock(state_->mutex);
  change(state_->seen);
  state_->changed.notify_all();
}

void PeerListener::watch(gpointer object) {
  change([](Seen& seen) { ++seen.alive; });
  g_object_weak_ref(
      G_OBJECT(object),
      [](gpointer data, GObject*) {
        const std::unique_ptr<std::shared_ptr<State>> state(
            static_cast<std::shared_ptr<State>*>(data));
        const std::scoped_lock lock((*state)->mutex);
        --(*state)->seen.alive;
        (*state)->changed.notify_all();
      },
      std::make_unique<std::shared_ptr<State>>(state_).release());
}

void PeerListener::on_created(GstElement* webrtcbin) {
  change([](Seen& seen) { ++seen.created; });
  watch(webrtcbin);
  const auto pipeline = Ref<GstObject>::adopt(gst_object_get_parent(GST_OBJECT(webrtcbin)));
  watch(pipeline.get());
  GObject* agent = nullptr;
  g_object_get(webrtcbin, "ice-agent", &agent, nullptr);
  watch(Ref<GObject>::adopt(agent).get());
}

void PeerListener::on_closing(GstElement* /*webrtcbin*/) {
  change([](Seen& seen) { ++seen.closing; });
}

void PeerListener::on_description(const std::string& sdp) {
  change([&](Seen& seen) { seen.offer = sdp; });
}

void PeerListener::on_candidate(unsigned media_index, const std::string& candidate) {
  change([&](Seen& seen) { seen.candidates.push_back(candidate); });
  if (candidate_handler_) candidate_handler_(media_index, candidate);
}

void PeerListener::on_closed() {
  change([](Seen& seen) { seen.closed = true; });
}

void PeerListener::on_gathered() {
  change([](Seen& seen) { seen.gathered = true; });
}

void PeerListener::on_negotiated(const std::vector<const Codec*>& codecs) {
  change([&](Seen& seen) { seen.negotiated = codecs; });
}

void PeerListener::on_connected() {
  change([](Seen& seen) { seen.connected = true; });
}

void PeerListener::on_failed(Peer::Failure failure, const std::string& message) {
  change([&](Seen& seen) { seen.failures.push_back({failure, message}); });
}

void PeerListener::on_key_frame_wanted(unsigned media_index) {
  change([&](Seen& seen) { seen.key_frames.push_back(media_index); });
}

void PeerListener::on_message(const DataChannel::Message& message) {
  change([&](Seen& seen) { seen.messages.push_back(message); });
}

}  // namespace webrtcserver::test
