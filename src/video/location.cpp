// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/location.hpp"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

#include "base/error.hpp"
#include "net/endpoint_uri.hpp"
#include "net/stream_uri.hpp"
#include "net/uri_text.hpp"
#include "video/image_pattern.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxLocation = 8192;  // bytes; longer is a mistake, not an address

// What stands behind the scheme, and so how it is read.
enum class Form {
  kPath,     // of a file
  kDevice,   // of a camera; its number or its path
  kNumber,   // a number or nothing
  kWord,     // a word or nothing
  kPort,     // [host]:port, a port is needed
  kAddress,  // host[:port]/path
  kStream,   // read by StreamUri
  kEndpoint  // read by EndpointUri
};

struct Scheme {
  const char* name;
  LocationKind kind;
  Form form;
  bool input;
  bool output;
  const char* example;       // for messages
  const char* options = "";  // that may stand behind '?', each between commas
};

constexpr Scheme kSchemes[] = {
    {"file", LocationKind::kFile, Form::kPath, true, true, "file:///home/me/movie.mp4"},
    {"v4l2", LocationKind::kCamera, Form::kDevice, true, false, "v4l2:///dev/video0"},
    {"csi", LocationKind::kCsiCamera, Form::kNumber, true, false, "csi://0"},
    {"screen", LocationKind::kScreen, Form::kNumber, true, false, "screen://"},
    {"test", LocationKind::kTest, Form::kWord, true, false, "test://ball"},
    {"rtsp", LocationKind::kRtsp, Form::kAddress, true, true, "rtsp://host/path"},
    {"rtsps", LocationKind::kRtsp, Form::kAddress, true, false, "rtsps://host/path"},
    {"rtspt", LocationKind::kRtsp, Form::kAddress, true, false, "rtspt://host/path"},
    {"rtp", LocationKind::kRtp, Form::kPort, true, true, "rtp://@:5004",
     ",encoding,payload,clock-rate,sdp,"},
    {"rtmp", LocationKind::kRtmp, Form::kAddress, false, true, "rtmp://host/app/key"},
    {"rtmps", LocationKind::kRtmp, Form::kAddress, false, true, "rtmps://host/app/key"},
    {"webrtc", LocationKind::kWebrtc, Form::kStream, true, true, "webrtc://@:8554/stream"},
    {"webrtcs", LocationKind::kWebrtc, Form::kStream, true, true, "webrtcs://@:8554/stream"},
    {"whip", LocationKind::kWhip, Form::kEndpoint, false, true, "whip://host/path"},
    {"whips", LocationKind::kWhip, Form::kEndpoint, false, true, "whips://host/path"},
    {"whep", LocationKind::kWhep, Form::kEndpoint, true, false, "whep://host/path"},
    {"wheps", LocationKind::kWhep, Form::kEndpoint, true, false, "wheps://host/path"},
    {"http", LocationKind::kHttp, Form::kAddress, true, false, "http://host/movie.mp4"},
    {"https", LocationKind::kHttp, Form::kAddress, true, false, "https://host/movie.mp4"},
    {"display", LocationKind::kDisplay, Form::kNumber, false, true, "display://"},
};

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::kInvalidUri, message);
}

bool allowed(const Scheme& scheme, LocationUse use) {
  return use == LocationUse::kInput ? scheme.input : scheme.output;
}

const char* words(LocationUse use) {
  return use == LocationUse::kInput ? "an input" : "an output";
}

std::string schemes_of(LocationUse use) {
  std::string list = "a path";
  for (const Scheme& scheme : kSchemes) {
    if (allowed(scheme, use)) list += ", " + std::string(scheme.name) + "://";
  }
  return list;
}

// The scheme that `text` begins with; nothing: it is a path.
std::optional<std::string> scheme_name(std::string_view text) {
  const auto end = text.find("://");
  if (end == std::string_view::npos || end == 0) return {};
  std::string name;
  for (const char c : text.substr(0, end)) {
    if (!g_ascii_isalnum(c) && c != '+' && c != '-' && c != '.') return {};
    name += g_ascii_tolower(c);
  }
  return name;
}

const Scheme& find_scheme(const std::string& name, LocationUse use) {
  const auto* const found = std::find_if(std::begin(kSchemes), std::end(kSchemes),
                                         [&](const Scheme& scheme) { return scheme.name == name; });
  if (found == std::end(kSchemes)) {
    fail("There is no " + quote(name + "://") + "; " + words(use) + " is " + schemes_of(use) + ".");
  }
  if (!allowed(*found, use)) {
    fail(name + ":// cannot be " + words(use) + ", which is " + schemes_of(use) + ".");
  }
  return *found;
}

int parse_port(std::string_view text, std::string_view whole, int least) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || port < least ||
      port > 65535) {
    fail("The port in " + quote(whole) + " is " + quote(text) + "; it is from " +
         std::to_string(least) + " to 65535.");
  }
  return port;
}

// host, [host], host:port or :port, with a user's name ahead of it or not. `least`: of the port.
void parse_authority(std::string_view text, Location& location, int least = 1) {
  const std::string whole = without_secrets(location.text);
  if (const auto at = text.rfind('@'); at != std::string_view::npos && at > 0)
    text.remove_prefix(at + 1);
  if (!text.empty() && text.front() == '[') {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos)
      fail("The address " + quote(whole) + " lacks the closing bracket.");
    location.host = text.substr(1, bracket - 1);
    text.remove_prefix(bracket + 1);
    if (!text.empty() && text.front() != ':') {
      fail("In the address " + quote(whole) +
           " only a colon and the port may follow the brackets.");
    }
  } else {
    const auto colon = text.find(':');
    location.host = text.substr(0, colon);
    text.remove_prefix(std::min(colon, text.size()));
    if (text.find(':', 1) != std::string_view::npos) {
      fail("An IPv6 address stands in brackets, as in rtp://[::1]:5004; this is " + quote(whole) +
           ".");
    }
  }
  if (!text.empty()) {
    location.port = parse_port(text.substr(1), whole, least);
    location.any_port = location.port == 0;
  }
  for (const char c : location.host) {
    if (!g_ascii_isalnum(c) && std::string_view("-._:@").find(c) == std::string_view::npos)
      fail("The host in " + quote(whole) + " is " + quote(location.host) + ".");
  }
}

// Those kinds whose query is ours know what may stand there; that of others is the server's.
void parse_query(std::string_view text, const Scheme& scheme, Location& location) {
  const bool ours = scheme.form != Form::kAddress;
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view option = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto equals = option.find('=');
    const std::string name(option.substr(0, equals));
    if (!ours) {
      location.query.emplace_back(
          name, equals == std::string_view::npos ? "" : std::string(option.substr(equals + 1)));
      continue;
    }
    if (equals == std::string_view::npos || equals == 0)
      fail("The option " + quote(option) + " is not of the form name=value.");
    if (std::string_view(scheme.options).find("," + name + ",") == std::string_view::npos) {
      std::string known = scheme.options;
      fail(std::string(scheme.name) + ":// has no option " + quote(name) +
           (known.empty() ? "." : "; it has " + known.substr(1, known.size() - 2) + "."));
    }
    location.query.emplace_back(name, decode_option(option.substr(equals + 1), option));
  }
}

// Cuts the query off `rest` and reads it.
std::string_view without_query(std::string_view rest, const Scheme& scheme, Location& location) {
  const auto question = rest.find('?');
  if (question == std::string_view::npos) return rest;
  parse_query(rest.substr(question + 1), scheme, location);
  return rest.substr(0, question);
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 4 &&
         std::all_of(text.begin(), text.end(), [](char c) { return g_ascii_isdigit(c) != FALSE; });
}

void read_path(std::string_view path, LocationUse use, Location& location) {
  if (path.empty()) fail("The path is empty; name a file.");
  if (path.find('\0') != std::string_view::npos) fail("The path has a null byte in it.");
  location.path = path;
  const bool image = has_image_extension(path);
  if (use == LocationUse::kOutput) {
    if (path.back() == '/') {
      fail(quote(path) + " is a folder; name a file in it, such as movie.mp4 or img_%04d.jpg.");
    }
    if (path.find('*') != std::string_view::npos)
      fail("An output has no wildcard: " + quote(path) + "; number images with img_%04d.jpg.");
    if (image) location.kind = LocationKind::kImageSequence;
  } else {
    std::error_code error;
    const bool folder = std::filesystem::is_directory(location.path, error);
    const bool there = std::filesystem::exists(location.path, error);
    if (image || folder || (!there && has_wildcard(path)))
      location.kind = LocationKind::kImageSequence;
    if (!image && !folder && !there && has_wildcard(path)) {
      fail("A wildcard is for images, as in photos/*.jpg; this is " + quote(path) + ".");
    }
  }
  if (location.kind == LocationKind::kImageSequence && count_conversions(path) > 1)
    fail("The path " + quote(path) + " has more than one number (%d); images have one.");
}

// What follows file://, with a host that is this machine or none.
std::string path_of_file_uri(std::string_view rest) {
  constexpr std::string_view kLocalhost = "localhost/";
  if (rest.substr(0, kLocalhost.size()) == kLocalhost) rest.remove_prefix(kLocalhost.size() - 1);
  return unescape_path(rest);
}

void read_device(std::string_view rest, Location& location) {
  const std::string path(rest);
  if (is_number(rest)) {
    location.path = "/dev/video" + path;
  } else if (path.rfind("/dev/", 0) == 0) {
    location.path = path;
  } else if (path.rfind("dev/", 0) == 0) {
    location.path = "/" + path;
  } else {
    fail("The camera is " + quote(rest) + "; use v4l2:///dev/video0 or v4l2://0.");
  }
}

void read_stream(std::string_view text, Location& location) {
  auto uri = StreamUri::parse(text);
  location.host = uri.endpoint.interface == "0.0.0.0" ? "@" : uri.endpoint.interface;
  location.port = uri.endpoint.port;
  location.path = std::move(uri.stream);
  location.query = std::move(uri.options);
}

void read_address(std::string_view rest, const Scheme& scheme, LocationUse use,
                  Location& location) {
  if (use == LocationUse::kInput || scheme.kind != LocationKind::kRtsp) {
    // Of a password, which may have any of these.
    const auto authority = rest.substr(0, rest.find('/'));
    const auto at = authority.rfind('@');
    if (at == 0) {
      fail("The address " + quote(without_secrets(location.text)) + " names no host; write it as " +
           scheme.example + ".");
    }
  }
  rest = without_query(rest, scheme, location);
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos) location.path = rest.substr(slash + 1);
  // Only who listens may leave the choice to the kernel.
  const bool listens = use == LocationUse::kOutput && scheme.kind == LocationKind::kRtsp;
  parse_authority(rest.substr(0, slash), location, listens ? 0 : 1);
  if (location.host.empty()) {
    fail("The address " + quote(without_secrets(location.text)) + " names no host; write it as " +
         scheme.example + ".");
  }
}

void read_port(std::string_view rest, const Scheme& scheme, LocationUse use, Location& location) {
  rest = without_query(rest, scheme, location);
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  if (rest.find('/') != std::string_view::npos)
    fail("An RTP address has no path; write it as " + std::string(scheme.example) + ".");
  parse_authority(rest, location);
  if (location.port == 0) {
    fail("The address " + quote(without_secrets(location.text)) + " has no port; write it as " +
         scheme.example + ".");
  }
  if (location.host.empty() || location.host == "0.0.0.0") location.host = "@";
  if (use == LocationUse::kOutput && location.host == "@")
    fail("RTP is sent to a host; write it as rtp://host:5004.");
}

}  // namespace

Location Location::parse(std::string_view text, LocationUse use) {
  if (text.empty()) fail(std::string("The address of ") + words(use) + " is empty.");
  if (text.size() > kMaxLocation) {
    fail("The address has " + std::to_string(text.size()) + " characters; at most " +
         std::to_string(kMaxLocation) + " are allowed.");
  }
  Location location;
  location.text = text;
  const auto name = scheme_name(text);
  if (!name) {
    if (text.rfind("/dev/video", 0) == 0 || text.rfind("/dev/v4l/", 0) == 0) {
      if (use == LocationUse::kOutput) fail(quote(text) + " is a camera, and no output.");
      location.kind = LocationKind::kCamera;
      location.path = text;
    } else {
      read_path(text, use, location);
    }
    return location;
  }

  const Scheme& scheme = find_scheme(*name, use);
  location.kind = scheme.kind;
  const std::string_view rest = text.substr(name->size() + 3);
  switch (scheme.form) {
    case Form::kPath:
      read_path(path_of_file_uri(rest), use, location);
      break;
    case Form::kDevice:
      read_device(without_query(rest, scheme, location), location);
      break;
    case Form::kNumber:
      location.path = without_query(rest, scheme, location);
      if (!location.path.empty() && !is_number(location.path)) {
        fail(std::string(scheme.name) + ":// is followed by a number or nothing, as in " +
             scheme.example + "; this is " + quote(without_secrets(text)) + ".");
      }
      break;
    case Form::kWord:
      location.path = without_query(rest, scheme, location);
      break;
    case Form::kPort:
      read_port(rest, scheme, use, location);
      break;
    case Form::kAddress:
      read_address(rest, scheme, use, location);
      break;
    case Form::kStream:
      read_stream(text, location);
      break;
    case Form::kEndpoint: {
      const bool input = use == LocationUse::kInput;
      EndpointUri::parse(text, input ? EndpointUri::Protocol::kWhep : EndpointUri::Protocol::kWhip,
                         [](const std::string&) { return false; });
      // Its options are those of the element, which reads them.
      const auto address = rest.substr(0, rest.find('?'));
      const auto slash = address.find('/');
      if (slash != std::string_view::npos) location.path = address.substr(slash + 1);
      parse_authority(address.substr(0, slash), location);
      break;
    }
  }
  return location;
}

}  // namespace webrtcserver
