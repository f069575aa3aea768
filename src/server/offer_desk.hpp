// SPDX-License-Identifier: LGPL-2.1-or-later
// offer_desk.hpp — where clients come that make the first step: by WHIP and WHEP, or by way of the
// application. Server thread.
#pragma once

#include <gio/gio.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/error.hpp"
#include "net/http_reply.hpp"
#include "rtc/offer.hpp"
#include "server/stream.hpp"
#include "signalling/http_sessions.hpp"

namespace webrtcserver {

// Why somebody more is not let in, for now; nothing where there is room.
std::optional<std::string> why_full(const Stream& stream);

class OfferDesk {
 public:
  using Find = std::function<std::shared_ptr<Stream>(const std::string& name, Direction direction)>;

  struct Fault {
    std::variant<ErrorCode, GIOErrorEnum> code;  // of GIO: no such stream, or no permission
    std::string message;
  };
  // The SDP of the answer.
  using Result = std::variant<std::string, Fault>;
  using Done = std::function<void(const Result&)>;

  OfferDesk(LoopThread& loop, Find find);

  // A POST to the endpoint of the stream that the path names.
  void post(Direction direction, const HttpRequest& request, const Grant& grant, HttpReply reply);
  // The session has `grant`, which must allow it. `done` is called once, perhaps at once, and
  // not by what is returned, which gives the answer up: the session ends unless it was answered.
  std::function<void()> answer(const std::string& stream, const std::string& offer,
                               const Grant& grant, Channel::Client client, Done done);

  const std::shared_ptr<HttpSessions>& sessions() const { return sessions_; }

 private:
  LoopThread& loop_;
  const Find find_;
  const std::shared_ptr<HttpSessions> sessions_;
};

}  // namespace webrtcserver
