// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/request_desk.hpp"

#include <utility>

#include "server/control_requests.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

// Throws ControlError, if there is a fault.
void refuse(const DataChannel::Message& message) {
  const auto id = glimpse_id(message.text);
  switch (message.fault) {
    case DataChannel::Fault::kNone:
      return;
    case DataChannel::Fault::kTooLarge:
      throw ControlError(
          id, "too-large",
          "The message has more than " + std::to_string(DataChannel::kMaxReceived) + " bytes.");
    case DataChannel::Fault::kTooFast:
      throw ControlError(id, "rate", "Messages come too fast; this one was left out.");
    case DataChannel::Fault::kBinary:
      throw ControlError(id, "bad-json", "Only text is understood here, which is JSON.");
  }
}

}  // namespace

RequestDesk::RequestDesk(const std::shared_ptr<Stream>& stream, std::string session)
    : loop_(stream->loop()),
      session_(std::move(session)),
      role_(stream->role()),
      stream_name_(stream->settings().name),
      metrics_(stream->settings().metrics),
      events_(stream->settings().events),
      observer_(stream->observer()),
      stream_(stream) {}

void RequestDesk::take_text(std::string text, Reply reply) {
  auto fault = DataChannel::Fault::kNone;
  if (!rate_.take(1, TokenBucket::Clock::now())) {
    fault = DataChannel::Fault::kTooFast;
  } else if (text.size() > DataChannel::kMaxReceived) {
    fault = DataChannel::Fault::kTooLarge;
  }
  take({std::move(text), fault}, std::move(reply));
}

void RequestDesk::take(const DataChannel::Message& message, Reply reply) {
  std::optional<ControlRequest> request;
  std::string refusal;
  try {
    refuse(message);
    request = read_request(message.text);
    request->lossy = message.lossy;
  } catch (const ControlError& error) {
    metrics_->messages_refused.add({stream_name_, role_, error.code()});
    GST_DEBUG("%s %s: %s", role_, session_.c_str(), error.what());
    refusal = write_reply(error);
  }
  // Controls are the server's: no application holds them up.
  if (request && request->type != ControlRequest::Type::kMessage) {
    return loop_.post([weak = weak_from_this(), request = *request, reply = std::move(reply)] {
      if (const auto self = weak.lock()) self->take_control(request, reply);
    });
  }
  // The replies to messages come in the order of these.
  inbox_->post(
      [weak = weak_from_this(), request, refusal, reply = std::move(reply)] {
        const auto self = weak.lock();
        if (!self) return;
        self->loop_.post(
            [text = request ? self->tell_application(*request) : refusal, reply] { reply(text); });
      },
      DataChannel::kMaxWaiting);
}

std::string RequestDesk::tell_application(const ControlRequest& request) const {
  if (!inbox_->is_open()) {
    return write_reply(
        ControlError(request.id, "unconnected",
                     "There is no connection yet; messages are taken from the offer on."));
  }
  if (const auto observer = observer_.lock()) observer->on_message(session_, request.data);
  events_->tell([&](auto& listener) { listener.on_message(session_, request.data); });
  return write_reply(request.id);
}

void RequestDesk::take_control(const ControlRequest& request, const Reply& reply) {
  const auto stream = stream_.lock();
  if (!stream) return;
  if (request.type == ControlRequest::Type::kControls) {
    reply(stream->describe_controls(may_control_));
    return reply(write_reply(request.id));
  }
  if (!may_control_) {
    return reply(write_reply(
        ControlError(request.id, "forbidden", "This session may view, but not control.")));
  }
  carry_out(*stream, request, session_,
            [id = request.id, reply](const std::optional<ControlFault>& fault) {
              if (!fault) return reply(write_reply(id));
              reply(write_reply(ControlError(id, fault->code(), fault->what(), fault->control())));
            });
}

}  // namespace webrtcserver
