// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/peer.hpp"

#include <gio/gio.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "base/memory.hpp"
#include "rtc/peer_pipeline.hpp"
#include "rtc/sdp.hpp"
#include "rtc/webrtcbin_actions.hpp"
#include "rtc/webrtcbin_events.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

constexpr unsigned kMaxCandidates = 64;  // a session; libnice pairs each with all of ours

Peer::Failure failure_of(const Error& wrong_description) {
  return wrong_description.code() == ErrorCode::kNoCommonCodec ? Peer::Failure::kNoCommonCodec
                                                               : Peer::Failure::kSdp;
}

bool is_loopback(const std::string& address) {
  const auto parsed = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(address.c_str()));
  return parsed && g_inet_address_get_is_loopback(parsed.get());
}

}  // namespace

std::shared_ptr<Peer> Peer::create(Settings settings, std::weak_ptr<Listener> listener) {
  std::shared_ptr<Peer> peer(
      new Peer(std::move(settings), std::move(listener)));  // NOLINT: private constructor
  peer->make_feeds();
  peer->make_channels();
  return peer;
}

Peer::Peer(Settings settings, std::weak_ptr<Listener> listener)
    : settings_(std::move(settings)),
      listener_(std::move(listener)),
      queue_(SerialQueue::create()),
      loopback_(std::any_of(settings_.ice.local_addresses.begin(),
                            settings_.ice.local_addresses.end(), is_loopback)),
      ice_(std::make_shared<IceJournal>(settings_.ice, settings_.name)),
      heard_(std::make_shared<LastHeard>(0)) {
  std::vector<std::pair<MediaKind, std::vector<Format>>> media;
  for (const Media& line : settings_.media) media.emplace_back(line.kind, line.formats);
  offered_ = assign_payload_types(media, settings_.retransmission);
  for (std::size_t i = 0; i < offered_.size(); ++i) {
    if (settings_.media[i].sink) offered_[i].direction = Direction::kReceive;
  }
}

void Peer::make_feeds() {
  for (const Media& line : settings_.media) {
    const auto index = static_cast<unsigned>(feeds_.size());
    if (line.sink) {
      feeds_.push_back(nullptr);
      continue;
    }
    auto want_key_frame = [weak = weak_from_this(), index] {
      const auto self = weak.lock();
      const std::uint64_t bit = std::uint64_t{1} << index;
      if (!self || (self->wanted_.fetch_or(bit) & bit) != 0) return;
      self->post([index, bit](Peer& target) {
        target.wanted_ &= ~bit;
        target.notify([&](Listener& listener) { listener.on_key_frame_wanted(index); });
      });
    };
    feeds_.push_back(
        std::make_shared<PeerFeed>(line.kind, std::move(want_key_frame), settings_.name));
  }
}

void Peer::make_channels() {
  const std::shared_ptr<DataChannel::Listener> listener(shared_from_this(), this);
  channels_ = std::make_shared<DataChannels>(listener, settings_.lossy_channel);
}

Peer::~Peer() {
  // The last reference may go on any thread; stopping a pipeline waits for its threads.
  if (pipeline_) queue_->post([pipeline = std::move(pipeline_)]() mutable { pipeline.reset(); });
}

void Peer::post(std::function<void(Peer&)> task) {
  queue_->post([weak = weak_from_this(), task = std::move(task)] {
    const auto self = weak.lock();
    if (self && !self->closing_ && self->state_ < State::kFailed) task(*self);
  });
}

template <typename Call>
void Peer::notify(Call&& call) {
  if (const auto listener = listener_.lock()) call(*listener);
}

void Peer::fail(Failure failure, const std::string& message) {
  GST_WARNING("peer %s: %s", settings_.name.c_str(), message.c_str());
  if (failure != Failure::kCandidate) state_ = State::kFailed;
  notify([&](Listener& listener) { listener.on_failed(failure, message); });
}

void Peer::start() {
  post([](Peer& self) {
    try {
      if (!self.read_offer()) return;
      self.build();
      self.create_offer();
    } catch (const Error& error) {
      self.fail(Failure::kInternal, error.what());
    }
  });
}

bool Peer::read_offer() {
  if (settings_.client_offer.empty()) return true;
  GST_DEBUG("peer %s offers\n%s", settings_.name.c_str(), settings_.client_offer.c_str());
  try {
    client_offer_ = read_client_offer(settings_.client_offer, offered_);
  } catch (const Error& error) {
    fail(failure_of(error), error.what());
    return false;
  }
  offered_ = client_offer_->media;
  return true;
}

void Peer::build() {
  auto pipeline = std::make_shared<PeerPipeline>(settings_.name, settings_.ice, settings_.clock,
                                                 settings_.jitter_buffer);
  if (settings_.watch_connection) pipeline->watch_connection(heard_);
  for (std::size_t i = 0; i < offered_.size(); ++i) {
    const std::string& name = settings_.media[i].name;
    if (feeds_[i]) {
      pipeline->add_feed(offered_[i], name, feeds_[i], settings_.retransmission);
    } else {
      pipeline->add_reception(offered_[i], name, settings_.retransmission);
    }
  }
  GstElement* webrtcbin = pipeline->webrtcbin();
  connect_events(pipeline->pipeline(), webrtcbin, make_events());
  if (client_offer_) pipeline->follow_in_ice();
  {
    const std::scoped_lock lock(mutex_);
    pipeline_ = pipeline;
  }
  notify([&](Listener& listener) { listener.on_created(webrtcbin); });
  pipeline->play();
  // webrtcbin makes none before it has started.
  if (settings_.data_channel) channels_->attach(webrtcbin);
}

WebrtcbinEvents Peer::make_events() {
  const auto posted = [weak = weak_from_this()](void (*task)(Peer&)) {
    return [weak, task] {
      if (const auto self = weak.lock()) self->post(task);
    };
  };
  WebrtcbinEvents events;
  events.found = [weak = weak_from_this()](const std::string& found) {
    const auto self = weak.lock();
    // From 1.24 on an empty one says that there are no more, as on_gathered() does.
    if (!self || found.empty()) return;
    self->ice_->take_local(found);
    const bool relay_only = self->settings_.ice.relay_only;
    self->post([candidate = relay_only ? without_related_address(found) : found](Peer& target) {
      target.give_candidate(candidate);
    });
  };
  events.gathered =
      posted([](Peer& self) { self.notify([](Listener& listener) { listener.on_gathered(); }); });
  events.state_changed = posted([](Peer& self) { self.check_connection(); });
  events.latency_changed = posted([](Peer& self) { self.pipeline_->update_latency(); });
  events.ended = posted([](Peer& self) { self.take_end(); });
  events.failed = [weak = weak_from_this()](const std::string& message) {
    if (const auto self = weak.lock())
      self->post([message](Peer& target) { target.fail(Failure::kInternal, message); });
  };
  return events;
}

void Peer::create_offer() {
  offer_ = webrtcserver::create_offer(pipeline_->webrtcbin());
  if (client_offer_ && !offers_data_channel(offer_.get(), offered_.size()))
    reject_data_channel(*client_offer_);
  write_codecs(offer_.get(), offered_, settings_.stream);
  if (settings_.data_channel) pipeline_->separate_data_channel(channels_);
  set_local_offer(pipeline_->webrtcbin(), copy(offer_.get()));
  state_ = State::kOffered;
  const std::string text =
      client_offer_ ? write_client_answer(*client_offer_, offer_.get()) : to_text(offer_.get());
  GST_DEBUG("peer %s gets\n%s", settings_.name.c_str(), text.c_str());
  // The first candidates wait on the queue already, behind this.
  notify([&](Listener& listener) { listener.on_description(text); });
  if (client_offer_) take(client_offer_->answer);
}

void Peer::set_answer(std::string sdp) {
  post([sdp = std::move(sdp)](Peer& self) {
    if (self.state_ != State::kOffered) {
      return self.fail(Failure::kSdp, self.state_ < State::kOffered
                                          ? "An answer came before the offer."
                                          : "There has been an answer already.");
    }
    try {
      self.take_answer(sdp);
    } catch (const Error& error) {
      self.fail(failure_of(error), error.what());
    }
  });
}

void Peer::take_answer(const std::string& sdp) {
  GST_DEBUG("peer %s answers\n%s", settings_.name.c_str(), sdp.c_str());
  take(read_answer(sdp, offer_.get(), offered_));
}

void Peer::take(const Answer& answer) {
  fingerprints_ = answer.fingerprints;
  channels_->set_max_message(answer.max_message);
  set_remote_answer(pipeline_->webrtcbin(), canonical_answer(answer, offer_.get(), offered_));
  state_ = State::kAnswered;
  ice_->set_answered();
  answered_ = answer.media;
  if (answer.transport != transport_) {
    // A browser that rejects the first m-line takes no notice of candidates for it.
    transport_ = answer.transport;
    for (const std::string& candidate : given_candidates_) give_candidate(candidate);
  }
  given_candidates_.clear();
  notify([&](Listener& listener) { listener.on_negotiated(chosen_codecs()); });
  for (const std::string& candidate : std::exchange(early_candidates_, {}))
    apply_candidate(candidate);
  for (const std::string& candidate : answer.candidates) take_candidate(0, candidate);
}

void Peer::give_candidate(const std::string& candidate) {
  GST_DEBUG("peer %s gets %s", settings_.name.c_str(), candidate.c_str());
  if (state_ < State::kAnswered) given_candidates_.push_back(candidate);
  notify([&](Listener& listener) { listener.on_candidate(transport_, candidate); });
}

std::vector<const Codec*> Peer::chosen_codecs() const {
  std::vector<const Codec*> codecs;
  for (std::size_t i = 0; i < answered_.size(); ++i) {
    const AnsweredMedia& media = answered_[i];
    codecs.push_back(media.accepted() ? offered_[i].codecs[media.codecs.front().index].format.codec
                                      : nullptr);
  }
  return codecs;
}

void Peer::start_media() {
  std::vector<PacketReceiver::Accepted> receptions;
  for (std::size_t i = 0; i < answered_.size(); ++i) {
    const AnsweredMedia& media = answered_[i];
    if (feeds_[i] && media.accepted()) {
      pipeline_->start_feed(feeds_[i].get(), offered_[i].codecs[media.codecs.front().index],
                            media.playout_delay_id);
      continue;
    }
    for (const AnsweredCodec& answered : media.codecs) {
      const OfferedCodec& codec = offered_[i].codecs[answered.index];
      receptions.push_back({codec.payload_type,
                            answered.retransmission ? codec.rtx_payload_type : -1,
                            {codec.format.codec, rtp_caps(codec)},
                            settings_.media[i].sink,
                            media.sources});
    }
  }
  if (!receptions.empty()) pipeline_->receiver().open(std::move(receptions));
}

void Peer::request_key_frame(unsigned media_index) {
  post([media_index](Peer& self) {
    const PacketSink* sink = self.settings_.media[media_index].sink.get();
    if (sink && self.state_ == State::kConnected)
      self.pipeline_->receiver().request_key_frame(sink);
  });
}

void Peer::add_candidate(unsigned media_index, std::string candidate) {
  post([media_index, candidate = std::move(candidate)](Peer& self) {
    self.take_candidate(media_index, candidate);
  });
}

void Peer::take_candidate(unsigned media_index, const std::string& candidate) {
  if (candidate.empty()) return;  // the end of candidates; libnice goes on listening
  const std::size_t lines = offer_ ? gst_sdp_message_medias_len(offer_.get()) : offered_.size();
  if (media_index >= lines) {
    return fail(Failure::kCandidate, "A candidate names m-line " + std::to_string(media_index) +
                                         "; the offer has " + std::to_string(lines) + ".");
  }
  if (candidates_ >= kMaxCandidates) return;
  const CandidateVerdict verdict = judge_candidate(candidate, loopback_);
  if (verdict != CandidateVerdict::kMalformed) ice_->take_remote(candidate, verdict);
  switch (verdict) {
    case CandidateVerdict::kMalformed:
      return fail(Failure::kCandidate, "This is not an ICE candidate.");
    case CandidateVerdict::kIgnore:
      GST_DEBUG("peer %s: left out %s", settings_.name.c_str(), candidate.c_str());
      return;
    case CandidateVerdict::kUse:
      break;
  }
  ++candidates_;
  if (state_ < State::kAnswered) {
    early_candidates_.push_back(candidate);
  } else {
    apply_candidate(candidate);
  }
}

void Peer::apply_candidate(const std::string& candidate) {
  GST_DEBUG("peer %s gives %s", settings_.name.c_str(), candidate.c_str());
  // Everything is bundled on the first m-line's transport, whichever m-line the browser names.
  g_signal_emit_by_name(pipeline_->webrtcbin(), "add-ice-candidate", 0U, candidate.c_str());
}

void Peer::check_connection() {
  auto state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
  g_object_get(pipeline_->webrtcbin(), "connection-state", &state, nullptr);
  GST_DEBUG("peer %s: connection state %d", settings_.name.c_str(), static_cast<int>(state));
  auto ice = GST_WEBRTC_ICE_CONNECTION_STATE_NEW;
  g_object_get(pipeline_->webrtcbin(), "ice-connection-state", &ice, nullptr);
  if (ice == GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED ||
      ice == GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED) {
    ice_->set_path_found();
  }
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED) return fail_ice();
  if (state != GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED || state_ != State::kAnswered) return;
  const std::string certificate = pipeline_->remote_certificate();
  if (!matches(certificate, fingerprints_)) {
    return fail(Failure::kFingerprint,
                "The DTLS certificate does not have the fingerprint that stands in the SDP: "
                "somebody else answers in the browser's name.");
  }
  state_ = State::kConnected;
  trusted_ = true;
  start_media();  // not before: nothing may leave for or come from one that has not shown who it is
  pipeline_->update_latency();
  GST_DEBUG_BIN_TO_DOT_FILE(GST_BIN(pipeline_->pipeline()), GST_DEBUG_GRAPH_SHOW_ALL,
                            GST_OBJECT_NAME(pipeline_->pipeline()));
  notify([](Listener& listener) { listener.on_connected(); });
  tell_channel();
  for (const DataChannel::Message& message : std::exchange(early_messages_, {})) deliver(message);
}

void Peer::take_end() {
  // Before it is connected, the time limit of the negotiation takes care of it.
  if (state_ != State::kConnected) return;
  state_ = State::kFailed;
  notify([](Listener& listener) { listener.on_closed(); });
}

void Peer::restart_ice(IceCredentials remote, std::function<void(std::optional<IceRestart>)> done) {
  queue_->post([weak = weak_from_this(), remote = std::move(remote), done = std::move(done)] {
    std::optional<IceRestart> restarted;
    const auto self = weak.lock();
    if (self && !self->closing_ && self->pipeline_ &&
        (self->state_ == State::kAnswered || self->state_ == State::kConnected)) {
      restarted = webrtcserver::restart_ice(self->pipeline_->webrtcbin(), remote);
      if (restarted && self->settings_.ice.relay_only) keep_relays(restarted->candidates);
      self->candidates_ = 0;
    }
    done(std::move(restarted));
  });
}

void Peer::fail_ice() {
  if (state_ == State::kConnected) {
    ice_->set_path_lost();
    return fail(Failure::kIce, "The network path to the browser broke.");
  }
  if (std::exchange(explains_, true)) return;
  ice_->explain([weak = weak_from_this()](const IceReport& report) {
    const auto self = weak.lock();
    if (!self) return;
    self->post([message = report.message](Peer& target) {
      // A path that was found while somebody was asked is as good as any.
      if (target.state_ != State::kConnected) target.fail(Failure::kIce, message);
    });
  });
}

std::chrono::microseconds Peer::silence() const {
  const std::int64_t last = *heard_;
  return std::chrono::microseconds(last == 0 ? 0 : g_get_monotonic_time() - last);
}

bool Peer::send(std::string text) {
  return send(DataChannel::Kind::kControl, std::move(text));
}

bool Peer::send_lossy(std::string text) {
  return send(DataChannel::Kind::kLossy, std::move(text));
}

bool Peer::send(DataChannel::Kind kind, std::string text) {
  if (!trusted_) return false;
  return channels_->send(kind, std::move(text), [this](std::function<void()> task) {
    post([task = std::move(task)](Peer& /*self*/) { task(); });
  });
}

void Peer::on_open(DataChannel::Kind kind) {
  if (kind == DataChannel::Kind::kControl) post([](Peer& self) { self.tell_channel(); });
}

// It may be open before the browser has shown who it is, or after.
void Peer::tell_channel() {
  if (can_send()) notify([](Listener& listener) { listener.on_channel_open(); });
}

void Peer::on_message(DataChannel::Message message) {
  post([message = std::move(message)](Peer& self) {
    if (self.state_ == State::kConnected) return self.deliver(message);
    self.early_messages_.push_back(message);  // as many as the channel lets wait
  });
}

void Peer::deliver(const DataChannel::Message& message) {
  channels_->taken(message);
  notify([&](Listener& listener) { listener.on_message(message); });
}

void Peer::on_too_many_channels() {
  post([](Peer& self) {
    self.fail(Failure::kInternal, "The browser opens more than " +
                                      std::to_string(DataChannels::kMaxStreams) +
                                      " data channels.");
  });
}

void Peer::close(std::function<void()> done) {
  closing_ = true;
  ice_->cancel();
  queue_->post([self = shared_from_this(), done = std::move(done)] {
    self->state_ = State::kClosed;
    std::shared_ptr<PeerPipeline> pipeline;
    {
      const std::scoped_lock lock(self->mutex_);
      pipeline = std::move(self->pipeline_);
    }
    if (pipeline)
      self->notify([&](Listener& listener) { listener.on_closing(pipeline->webrtcbin()); });
    self->channels_->detach();
    pipeline.reset();
    return_free_memory();
    if (done) done();
  });
}

Ref<GstElement> Peer::webrtcbin() const {
  const std::scoped_lock lock(mutex_);
  return pipeline_ ? Ref<GstElement>::retain(pipeline_->webrtcbin()) : nullptr;
}

void Peer::set_clock(Ref<GstClock> clock) {
  post([clock = std::move(clock)](Peer& self) {
    if (self.pipeline_) self.pipeline_->set_clock(clock);
  });
}

void Peer::get_statistics(std::function<void(Owned<GstStructure>)> receive) {
  queue_->post([weak = weak_from_this(), receive = std::move(receive)] {
    Owned<GstStructure> statistics;
    const auto self = weak.lock();
    if (self && self->pipeline_) {
      guard("webrtcbin's statistics",
            [&] { statistics = webrtcserver::get_statistics(self->pipeline_->webrtcbin()); });
    }
    receive(std::move(statistics));
  });
}

}  // namespace webrtcserver
