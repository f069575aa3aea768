// SPDX-License-Identifier: LGPL-2.1-or-later
// http_client.hpp — one HTTP request at a time, for tests. Any thread; waits for kPatience at most.
#pragma once

#include <map>
#include <string>

#include "base/json.hpp"

namespace webrtcserver::test {

struct HttpAnswer {
  int status = 0;                              // 0: no connection, and the body says why
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;

  JsonReader json() const { return JsonReader(body); }
  std::string header(const std::string& lower_case_name) const;
};

using HttpHeaders = std::map<std::string, std::string>;

// Any TLS certificate is taken. A body goes as the Content-Type of `headers`.
HttpAnswer http(const char* method, const std::string& url, const HttpHeaders& headers = {},
                const std::string& body = {});
HttpAnswer http_get(const std::string& url, const HttpHeaders& headers = {});

}  // namespace webrtcserver::test
