// SPDX-License-Identifier: LGPL-2.1-or-later
// remote_endpoint.hpp — what an element has in place of a server when its uri names somebody
// else's: whip(s):// or whep(s)://. Any thread but the server's.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "server/input_stream.hpp"
#include "server/output_stream.hpp"
#include "server/remote_link.hpp"
#include "server_properties.hpp"

namespace webrtcserver {

class RemoteEndpoint {
 public:
  using Tell = std::function<void(const RemoteLink::Report&)>;  // called from the server thread

  // The settings have an `endpoint`. Throws Error: an unreadable CA file, a token that is none.
  explicit RemoteEndpoint(const ServerSettings& settings);
  // Waits a moment until the server knows that the session is over.
  ~RemoteEndpoint();
  RemoteEndpoint(const RemoteEndpoint&) = delete;
  RemoteEndpoint& operator=(const RemoteEndpoint&) = delete;

  std::shared_ptr<OutputStream> add(OutputStream::Settings settings,
                                    std::weak_ptr<Stream::Observer> observer, Tell tell);
  std::shared_ptr<InputStream> add(InputStream::Settings settings,
                                   std::weak_ptr<InputStream::Observer> observer, Tell tell);
  // Connects the stream that was added last.
  void start();
  void remove(std::string_view reason, std::string_view message);

 private:
  template <typename Kind, typename Observer>
  std::shared_ptr<Kind> insert(typename Kind::Settings settings, std::weak_ptr<Observer> observer,
                               Tell tell);

  const EndpointUri endpoint_;
  std::shared_ptr<HttpClient> http_;
  std::shared_ptr<RemoteLink> link_;  // the server thread's
};

// The options of a uri are set on `element`, whose class knows them; returns the endpoint where it
// names one, and nothing for webrtc(s)://. Throws Error(kInvalidUri).
std::optional<EndpointUri> take_address(GstElement* element, const std::string& uri,
                                        EndpointUri::Protocol protocol);

// What a link reports, on the bus: an element message "webrtc-endpoint" with the fields state
// ("connected", "retrying", "refused"), message and, when retrying, retry-in (ms); and an info,
// warning or error. `sends`: the element publishes.
void post_report(GstElement* element, const RemoteLink::Report& report, bool sends);

}  // namespace webrtcserver
