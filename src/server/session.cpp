// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/session.hpp"

#include <algorithm>
#include <atomic>

#include "base/error.hpp"
#include "rtc/ice_server_uri.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

// webrtcbin takes a moment to say what RTCP told it, on a thread of the pool: /metrics does not
// wait for it.
constexpr std::chrono::seconds kFeedbackInterval{10};

std::string next_name() {
  static std::atomic<unsigned> count{0};
  return "s" + std::to_string(++count);
}

// The protocol's error codes (docs/protocol.md).
const char* code_of(Peer::Failure failure) {
  switch (failure) {
    case Peer::Failure::kSdp:
      return "bad-sdp";
    case Peer::Failure::kNoCommonCodec:
      return "no-common-codec";
    case Peer::Failure::kCandidate:
      return "bad-candidate";
    case Peer::Failure::kFingerprint:
      return "fingerprint";
    case Peer::Failure::kIce:
      return "ice-failed";
    case Peer::Failure::kInternal:
      return "internal";
  }
  return "internal";
}

}  // namespace

Session::Session(const std::shared_ptr<Stream>& stream, std::unique_ptr<Channel> channel)
    : name_(next_name()),
      loop_(stream->loop()),
      stream_name_(stream->settings().name),
      metrics_(stream->settings().metrics),
      events_(stream->settings().events),
      feedback_(std::make_shared<FeedbackCounter>(metrics_, stream_name_)),
      observer_(stream->observer()),
      stream_(stream),
      channel_(std::move(channel)),
      requests_(std::make_shared<RequestDesk>(stream, name_)),
      client_(channel_->client()) {
  take_grant(channel_->grant());
}

Session::~Session() = default;

template <typename Task>
void Session::post(Task task) {
  loop_.post([weak = weak_from_this(), task = std::move(task)] {
    const auto self = weak.lock();
    if (self && !self->closed_) task(*self);
  });
}

void Session::say_hello() {
  const auto stream = stream_.lock();
  metrics_->sessions_begun.add({stream_name_, role()});
  std::vector<std::string> allow{to_string(stream->permission())};
  if (requests_->may_control()) allow.emplace_back(to_string(Permission::kControl));
  channel_->set_listener(this);
  const Stream::Settings& settings = stream->settings();
  channel_->send_hello({name_, settings.name, role(), std::move(allow),
                        ice_servers(settings.ice, name_), settings.ice.relay_only,
                        stream->has_navigation()});
}

void Session::take_grant(Grant grant) {
  const auto stream = stream_.lock();
  const bool may = stream && grant.allows(Permission::kControl, stream->settings().name);
  requests_->set_may_control(may);
  if (stream && !may) stream->release_input(name_);
  grant_ = std::move(grant);
}

void Session::check_grant(const Authorizer& authorizer, bool renew) {
  const auto stream = stream_.lock();
  if (closed_ || !stream) return;
  if (grant_.expired(seconds_now())) return end("expired", "The token has expired.");
  if (!renew) return;
  auto renewed = authorizer.renew(grant_);
  if (!renewed || !renewed->allows(stream->permission(), stream->settings().name))
    return end("revoked", "The token does not allow this any more.");
  const bool might_control = may_control();
  take_grant(std::move(*renewed));
  if (may_control() == might_control) return;
  stream->control_holder().permit(name_, may_control());
  tell_controls();
  tell_changed();
}

void Session::tell_changed() const {
  events_->tell([this](auto& listener) { listener.on_session_changed(*this); });
}

void Session::start() {
  say_hello();
  tell_state();
  tell_controls();
  negotiate();
}

void Session::turn_away(std::string_view reason, std::string_view message) {
  say_hello();
  channel_->send_error(reason, message);
  end(reason, message);
}

void Session::negotiate() {
  const auto stream = stream_.lock();
  if (closed_ || peer_ || !stream) return;
  Peer::Settings settings;
  settings.media = media();
  if (settings.media.empty()) return;
  settings.name = name_;
  settings.stream = stream->settings().name;
  settings.ice = stream->settings().ice;
  settings.client_offer = channel_->client_offer();
  settings.retransmission = stream->settings().retransmission;
  settings.clock = stream->clock();
  settings.data_channel = !stream->settings().remote;
  settings.lossy_channel = settings.data_channel && stream->settings().lossy_channel;
  settings.watch_connection = !channel_->notices_absence();
  for (const IceServer& server : channel_->ice_servers()) add_ice_server(settings.ice, server);
  configure(settings);
  const std::shared_ptr<Peer::Listener> listener(shared_from_this(), this);
  try {
    peer_ = Peer::create(std::move(settings), listener);
  } catch (const Error& error) {
    GST_ERROR("%s %s: %s", role(), name_.c_str(), error.what());
    return fail("internal", error.what());
  }
  peer_->start();
  const auto limit = stream->settings().negotiation_limit;
  negotiation_ = loop_.after(limit, [this, limit] { time_out(limit); });
}

void Session::time_out(std::chrono::milliseconds limit) {
  const std::string text =
      "The browser did not connect within " + std::to_string(limit.count() / 1000) + " seconds.";
  peer_->ice().explain([weak = weak_from_this(), text](const IceReport& report) {
    const auto session = weak.lock();
    if (!session) return;
    session->post([text = text + " " + report.message](Session& self) {
      if (self.connected_) return;  // while somebody was asked
      self.count_ice_failure();
      GST_WARNING("%s %s: %s", self.role(), self.name_.c_str(), text.c_str());
      self.fail("negotiation-timeout", text);
    });
  });
}

void Session::count_ice_failure() {
  if (const auto stream = stream_.lock()) stream->count_ice_failure(peer_->ice().reason());
}

StreamState Session::state() const {
  const auto stream = stream_.lock();
  return stream ? stream->state() : StreamState::kWaiting;
}

void Session::tell_state() {
  const auto stream = stream_.lock();
  if (closed_ || !stream || told_ == state()) return;
  told_ = state();
  channel_->send_state(to_string(*told_), stream->error());
}

void Session::tell_controls() {
  const auto stream = stream_.lock();
  if (closed_ || !stream) return;
  told_controls_ |= stream->has_controls();
  if (told_controls_) send(stream->describe_controls(requests_->may_control()));
}

void Session::warn(std::string_view code, std::string_view message) {
  GST_INFO("%s %s is told: %.*s: %.*s", role(), name_.c_str(), static_cast<int>(code.size()),
           code.data(), static_cast<int>(message.size()), message.data());
  if (!closed_) channel_->send_error(code, message);
}

void Session::fail(std::string_view code, std::string_view message) {
  if (closed_) return;
  GST_INFO("%s %s failed: %.*s: %.*s", role(), name_.c_str(), static_cast<int>(code.size()),
           code.data(), static_cast<int>(message.size()), message.data());
  metrics_->session_failures.add({stream_name_, role(), std::string(code)});
  channel_->send_error(code, message);
  end(code == "negotiation-timeout" ? "timeout" : "error", message);
}

void Session::end(std::string_view reason, std::string_view message) {
  if (closed_) return;
  GST_INFO("%s %s: %.*s: %.*s", role(), name_.c_str(), static_cast<int>(reason.size()),
           reason.data(), static_cast<int>(message.size()), message.data());
  channel_->say_bye(reason, message);
  close(reason);
}

void Session::count_feedback() {
  peer_->get_statistics([feedback = feedback_](const Owned<GstStructure>& statistics) {
    feedback->take(statistics.get());
  });
}

void Session::close(std::string_view reason) {
  if (closed_) return;
  last_traffic_ = current_traffic();
  end_reason_ = reason;
  closed_ = true;
  metrics_->sessions_ended.add({stream_name_, role(), std::string(reason)});
  count();
  feedback_timer_.cancel();
  const auto self = shared_from_this();
  negotiation_.cancel();
  watch_.cancel();
  channel_->set_listener(nullptr);
  leave();
  // What it still asks for is late: nobody would release a key that it pressed now.
  requests_->set_may_control(false);
  // The queue keeps this session until its peer is gone, so that the application hears of its end:
  // after the last message, which it may still be busy with.
  requests_->close([self] {
    if (self->peer_) self->peer_->close([self] {});
  });
  if (const auto stream = stream_.lock()) {
    stream->release_input(name_);
    stream->remove(*this);
  }
  // The channel may be the caller.
  loop_.post([self] { self->channel_.reset(); });
}

void Session::set_clock(const Ref<GstClock>& clock) {
  if (peer_) peer_->set_clock(clock);
}

void Session::on_answer(std::string sdp) {
  if (peer_) return peer_->set_answer(std::move(sdp));
  channel_->send_error(
      "bad-message",
      "There is no offer to answer yet; the server offers when the stream has media.");
}

void Session::on_candidate(unsigned media_index, std::string candidate) {
  if (peer_) peer_->add_candidate(media_index, std::move(candidate));
}

void Session::send(const std::string& json) {
  if (closed_) return;
  // A long list of controls may be more than the data channel carries.
  if (!peer_ || !peer_->send(json)) send_over_channel(json);
}

void Session::send_over_channel(const std::string& json) {
  channel_->send_control(json);
}

RequestDesk::Reply Session::answer_by(void (Session::*say)(const std::string&)) {
  return [weak = weak_from_this(), say](const std::string& json) {
    const auto self = weak.lock();
    if (self && !self->closed_) (self.get()->*say)(json);
  };
}

void Session::on_channel_open() {
  post([](Session& self) {
    if (!self.channel_->carries_control()) self.tell_controls();
  });
}

void Session::on_request(std::string text) {
  requests_->take_text(std::move(text), answer_by(&Session::send_over_channel));
}

void Session::on_message(const DataChannel::Message& message) {
  if (message.lossy) return requests_->take(message, [](const std::string&) {});
  requests_->take(message, answer_by(&Session::send));
}

void Session::on_ice_restart(const IceCredentials& remote,
                             const std::function<void(const std::optional<IceRestart>&)>& done) {
  if (!peer_) return done({});
  peer_->restart_ice(remote, [&loop = loop_, done](const std::optional<IceRestart>& restarted) {
    loop.post([done, restarted] { done(restarted); });
  });
}

void Session::on_refused(std::string_view code) {
  GST_DEBUG("%s %s: a message was refused: %.*s", role(), name_.c_str(),
            static_cast<int>(code.size()), code.data());
  metrics_->messages_refused.add({stream_name_, role(), std::string(code)});
}

void Session::on_left(std::string_view why) {
  GST_INFO("%s %s: %.*s", role(), name_.c_str(), static_cast<int>(why.size()), why.data());
  close("left");
}

void Session::on_created(GstElement* webrtcbin) {
  if (const auto observer = observer_.lock()) observer->on_session_created(name_, webrtcbin);
  requests_->open();
}

void Session::on_closing(GstElement* webrtcbin) {
  if (const auto observer = observer_.lock()) observer->on_session_closing(name_, webrtcbin);
}

void Session::on_description(const std::string& sdp) {
  post([sdp](Session& self) { self.channel_->send_description(sdp); });
}

void Session::on_candidate(unsigned media_index, const std::string& candidate) {
  post([media_index, candidate](Session& self) {
    self.channel_->send_candidate(media_index, candidate);
  });
}

void Session::on_gathered() {
  post([](Session& self) { self.channel_->send_end_of_candidates(); });
}

void Session::on_negotiated(const std::vector<const Codec*>& codecs) {
  for (std::size_t i = 0; i < codecs.size(); ++i) {
    GST_INFO("%s %s: media %zu is %s", role(), name_.c_str(), i,
             codecs[i] ? codecs[i]->name : "not taken");
  }
  post([codecs](Session& self) {
    self.codecs_ = codecs;
    self.take_codecs(codecs);
    if (!self.closed_) self.tell_changed();
  });
}

void Session::on_connected() {
  post([](Session& self) {
    self.negotiation_.cancel();
    self.connected_ = true;
    self.connected_at_ = g_get_real_time();
    self.channel_->note_connected();
    self.watch_absence();
    self.metrics_->sessions_connected.add({self.stream_name_, self.role()});
    self.feedback_timer_ = self.loop_.every(kFeedbackInterval, [&self] {
      self.count_feedback();
      return true;
    });
    self.join();
    self.tell_changed();
    GST_INFO("%s %s: connected", self.role(), self.name_.c_str());
  });
}

void Session::watch_absence() {
  const auto stream = stream_.lock();
  if (!stream || channel_->notices_absence()) return;
  const auto limit = stream->settings().silence_limit;
  watch_ = loop_.every(
      std::min<std::chrono::milliseconds>(limit / 4, std::chrono::seconds(1)), [this, limit] {
        if (peer_->silence() < limit) return true;
        const auto self = shared_from_this();  // the stream's goes
        fail("silence", "Nothing has come from it for " + std::to_string(limit.count() / 1000) +
                            " seconds: it has gone, or the network has.");
        return false;
      });
}

void Session::on_failed(Peer::Failure failure, const std::string& message) {
  post([failure, message](Session& self) {
    if (failure == Peer::Failure::kCandidate)
      return self.channel_->send_error(code_of(failure), message);
    if (failure == Peer::Failure::kIce) self.count_ice_failure();
    self.fail(code_of(failure), message);
  });
}

void Session::on_closed() {
  post([](Session& self) {
    if (self.channel_->notices_absence()) return self.on_left("The browser closed the connection.");
    self.fail("closed", "The other side has closed the connection.");
  });
}

void Session::on_key_frame_wanted(unsigned media_index) {
  const std::uint64_t bit = std::uint64_t{1} << media_index;
  if ((wanted_.fetch_or(bit) & bit) != 0) return;
  post([media_index, bit](Session& self) {
    self.wanted_ &= ~bit;
    self.give_key_frame(media_index);
  });
}

}  // namespace webrtcserver
