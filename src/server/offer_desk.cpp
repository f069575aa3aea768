// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/offer_desk.hpp"

#include "rtc/client_offer.hpp"
#include "rtc/peer_budget.hpp"
#include "signalling/offer_channel.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

std::string no_stream(Direction direction) {
  return direction == Direction::kSend ? "There is no stream of this name to watch."
                                       : "There is no stream of this name to publish to.";
}

// A socket waits for what is to come; an offer does for a pipeline that starts because of it.
std::optional<std::string> why_not_now(const Stream& stream) {
  const StreamState state = stream.state();
  if (state == StreamState::kError) return stream.error();
  if (state == StreamState::kWaiting && stream.direction() == Direction::kSend &&
      stream.run()->policy() != RunPolicy::kOnDemand)
    return "The stream has not begun yet.";
  return {};
}

// Of the protocol's error codes (docs/protocol.md) and reasons to say bye.
ErrorCode code_of(std::string_view code) {
  if (code == "bad-sdp") return ErrorCode::kProtocol;
  if (code == "no-common-codec") return ErrorCode::kNoCommonCodec;
  if (code == "busy") return ErrorCode::kLimit;
  if (code == "ended" || code == "closing" || code == "restart") return ErrorCode::kClosed;
  return ErrorCode::kFailed;
}

// Whoever asked for the answer has the client's ear; we have not.
class ApplicationChannel final : public OfferChannel {
 public:
  ApplicationChannel(LoopThread& loop, const std::string& offer, const IceSettings& ice,
                     OfferDesk::Done done)
      : OfferChannel(loop, offer, waits_for_servers(offer, ice)), done_(std::move(done)) {}
  ~ApplicationChannel() override { refuse("timeout", "The stream is not ready."); }

  std::function<void()> giving_up() {
    return [this, alive = std::weak_ptr<bool>(alive_)] {
      if (!alive.expired() && !is_answered() && listener())
        listener()->on_left("The application gave the answer up.");
    };
  }

 private:
  void give_answer(const std::string& sdp) override { done_(sdp); }
  void give_refusal(std::string_view code, std::string_view message) override {
    done_(OfferDesk::Fault{code_of(code), std::string(message)});
  }

  const OfferDesk::Done done_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::optional<std::string> why_full(const Stream& stream) {
  if (stream.turns_away()) return "The stream has as many viewers as it takes.";
  if (!PeerBudget::has_room()) {
    GST_WARNING(
        "stream %s: a browser was turned away: the process may not open more files (ulimit -n)",
        stream.settings().name.c_str());
    return "The server has as many peers as it may open files for.";
  }
  return {};
}

OfferDesk::OfferDesk(LoopThread& loop, Find find)
    : loop_(loop), find_(std::move(find)), sessions_(std::make_shared<HttpSessions>(loop)) {}

void OfferDesk::post(Direction direction, const HttpRequest& request, const Grant& grant,
                     HttpReply reply) {
  const auto stream = find_(request.captures.at("stream"), direction);
  if (!stream) return reply.send(HttpResponse::problem(404, no_stream(direction)));
  if (auto refusal = HttpSessions::check_offer(request)) return reply.send(*refusal);
  if (const auto full = why_full(*stream))
    return reply.send(HttpResponse::problem(503, *full).with("Retry-After", "10"));
  if (const auto early = why_not_now(*stream))
    return reply.send(HttpResponse::problem(409, *early).with("Retry-After", "2"));
  auto channel = sessions_->open(request, stream->settings().ice, std::move(reply));
  channel->set_grant(grant);
  channel->set_client(client_of(request));
  stream->admit(std::move(channel));
}

std::function<void()> OfferDesk::answer(const std::string& name, const std::string& offer,
                                        const Grant& grant, Channel::Client client, Done done) {
  const auto fail = [&](std::variant<ErrorCode, GIOErrorEnum> code, const std::string& message) {
    done(Fault{code, message});
    return [] {};
  };
  const auto output = find_(name, Direction::kSend);
  const auto input = find_(name, Direction::kReceive);
  // Whoever only sends cannot mean to watch.
  const bool sends = offer.find("\na=sendonly") != std::string::npos;
  const auto stream = input && (sends || !output) ? input : output;
  // Said first: whoever may not know of a stream is not told whether it is there.
  const Permission needed = stream  ? stream->permission()
                            : sends ? Permission::kPublish
                                    : Permission::kView;
  if (!grant.allows(needed, name)) {
    return fail(G_IO_ERROR_PERMISSION_DENIED,
                std::string("The token does not let you ") + to_string(needed) + " this stream.");
  }
  if (!stream) return fail(G_IO_ERROR_NOT_FOUND, "There is no stream of this name.");
  try {
    check_client_offer(offer);
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  }
  if (const auto full = why_full(*stream)) return fail(ErrorCode::kLimit, *full);
  if (const auto early = why_not_now(*stream)) return fail(ErrorCode::kFailed, *early);
  auto channel =
      std::make_unique<ApplicationChannel>(loop_, offer, stream->settings().ice, std::move(done));
  channel->set_grant(grant);
  channel->set_client(std::move(client));
  auto giving_up = channel->giving_up();
  stream->admit(std::move(channel));
  return giving_up;
}

}  // namespace webrtcserver
