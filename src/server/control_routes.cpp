// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_routes.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "server/control_requests.hpp"
#include "signalling/control_messages.hpp"

namespace webrtcserver {

namespace {

HttpResponse no_stream() {
  return HttpResponse::problem(404, "There is no stream of this name.");
}

int status_of(const ControlFault& fault) {
  return std::string_view(fault.code()) == "not-in-control" ? 409 : 422;
}

}  // namespace

void tell_controls(const std::shared_ptr<Stream>& stream, const Grant& grant, HttpReply reply) {
  if (!stream) return reply.send(no_stream());
  const bool may = grant.allows(Permission::kControl, stream->settings().name);
  reply.send(HttpResponse::json(200, stream->describe_controls(may)));
}

void take_control_request(const std::shared_ptr<Stream>& stream, const HttpRequest& request,
                          HttpReply reply) {
  if (!stream) return reply.send(no_stream());
  if (!has_content_type(request, "application/json"))
    return reply.send(HttpResponse::problem(415, "A request comes as application/json."));
  try {
    const ControlRequest control = read_request(request.body);
    if (!is_taken_over_http(control.type)) {
      throw ControlError(control.id, "unknown-request",
                         "Requests of this type are not taken over HTTP.");
    }
    const auto pending = std::make_shared<HttpReply>(std::move(reply));
    carry_out(*stream, control, kHttpRequester,
              [pending, id = control.id](const std::optional<ControlFault>& fault) {
                if (!fault) return pending->send(HttpResponse::json(200, write_reply(id)));
                const ControlError error(id, fault->code(), fault->what(), fault->control());
                pending->send(HttpResponse::json(status_of(*fault), write_reply(error)));
              });
  } catch (const ControlError& error) {
    if (reply) reply.send(HttpResponse::json(400, write_reply(error)));
  }
}

}  // namespace webrtcserver
