// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/cross_origin.hpp"

namespace webrtcserver {

namespace {

// Besides those that every page may send and read.
constexpr const char* kRequestHeaders = "Authorization, Content-Type, If-Match";
constexpr const char* kResponseHeaders = "Location, ETag, Link";
constexpr const char* kPreflightAge = "600";  // s that a browser may keep the answer

}  // namespace

bool is_preflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && request.header("origin") &&
         request.header("access-control-request-method");
}

HttpResponse answer_preflight(const HttpRequest& request, const OriginPolicy& policy,
                              const std::string& methods) {
  HttpResponse response;
  response.status = 204;
  response.with("Allow", methods);
  if (policy.lists(*request.header("origin"))) {
    response.with("Access-Control-Allow-Methods", methods)
        .with("Access-Control-Allow-Headers", kRequestHeaders)
        .with("Access-Control-Max-Age", kPreflightAge);
  }
  return response;
}

HttpHeaders reading_headers(const HttpRequest& request, const OriginPolicy& policy) {
  if (!policy.lists_any()) return {};
  // Also where there is none: a cache must not give one page what another was told.
  HttpHeaders headers{{"Vary", "Origin"}};
  const auto origin = request.header("origin");
  if (origin && policy.lists(*origin)) {
    headers.emplace_back("Access-Control-Allow-Origin", *origin);
    headers.emplace_back("Access-Control-Expose-Headers", kResponseHeaders);
  }
  return headers;
}

}  // namespace webrtcserver
