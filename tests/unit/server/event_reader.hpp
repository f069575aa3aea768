// SPDX-License-Identifier: LGPL-2.1-or-later
// event_reader.hpp — a browser's EventSource, read one event at a time.
#pragma once

#include <libsoup/soup.h>

#include <string>
#include <utility>

#include "base/ref.hpp"

namespace webrtcserver::test {

class EventReader {
 public:
  explicit EventReader(const std::string& url, const std::string& token = "")
      : session_(Ref<SoupSession>::adopt(soup_session_new_with_options("timeout", 10U, nullptr))),
        message_(Ref<SoupMessage>::adopt(soup_message_new("GET", url.c_str()))) {
    if (!token.empty()) {
      soup_message_headers_replace(soup_message_get_request_headers(message_.get()),
                                   "Authorization", ("Bearer " + token).c_str());
    }
    const auto body = Ref<GInputStream>::adopt(
        soup_session_send(session_.get(), message_.get(), nullptr, nullptr));
    if (body) lines_ = Ref<GDataInputStream>::adopt(g_data_input_stream_new(body.get()));
  }

  int status() const { return static_cast<int>(soup_message_get_status(message_.get())); }
  std::string content_type() const {
    const char* type = soup_message_headers_get_content_type(
        soup_message_get_response_headers(message_.get()), nullptr);
    return type ? type : "";
  }

  // The next event's name and data; empty at the end, or when none comes within kPatience.
  std::pair<std::string, std::string> next() {
    std::pair<std::string, std::string> event;
    while (lines_) {
      gchar* read = g_data_input_stream_read_line(lines_.get(), nullptr, nullptr, nullptr);
      if (!read) break;
      const std::string line = take_string(read);
      if (line.empty() && !event.first.empty()) return event;
      if (line.rfind("event: ", 0) == 0) event.first = line.substr(7);
      if (line.rfind("data: ", 0) == 0) event.second += line.substr(6);
    }
    return {};
  }

 private:
  Ref<SoupSession> session_;
  Ref<SoupMessage> message_;
  Ref<GDataInputStream> lines_;
};

}  // namespace webrtcserver::test
