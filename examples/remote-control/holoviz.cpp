// SPDX-License-Identifier: LGPL-2.1-or-later
#include "holoviz.hpp"

#include <json-glib/json-glib.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

namespace {

struct Freed {
  void operator()(gchar* text) const { g_free(text); }
  void operator()(JsonObject* object) const { json_object_unref(object); }
  void operator()(JsonNode* node) const { json_node_unref(node); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(GDir* folder) const { g_dir_close(folder); }
};
template <typename T>
using Owned = std::unique_ptr<T, Freed>;

constexpr auto kMaxBrackets = 200;  // of a whole request; a text may have some

// Why a request is not carried out; its words are for the page.
struct Refusal {
  guint status;
  std::string message;
};

// {"type":…,…}: a JSON object. Throws Refusal.
Owned<JsonObject> read_object(GstWebRTCServerRequest* request) {
  GBytes* body = gst_webrtc_server_request_get_body(request);
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(body, &size));
  const std::string text(data ? data : "", size);
  g_bytes_unref(body);
  GError* error = nullptr;
  const auto opens = [](char letter) { return letter == '[' || letter == '{'; };
  // json-glib goes as deep as it is led, and ends a text at a NUL.
  const bool readable = std::count_if(text.begin(), text.end(), opens) <= kMaxBrackets &&
                        text.find('\0') == std::string::npos &&
                        text.find("\\u0000") == std::string::npos &&
                        g_utf8_validate(text.data(), static_cast<gssize>(size), nullptr);
  const Owned<JsonNode> node(readable ? json_from_string(text.c_str(), &error) : nullptr);
  const Owned<GError> failure(error);
  if (!node || !JSON_NODE_HOLDS_OBJECT(node.get()))
    throw Refusal{400, "The body of this request is a JSON object."};
  return Owned<JsonObject>(json_object_ref(json_node_get_object(node.get())));
}

JsonNode* member(JsonObject* object, const char* name) {
  JsonNode* node = json_object_get_member(object, name);
  return node && JSON_NODE_HOLDS_VALUE(node) ? node : nullptr;
}

// Throws Refusal.
std::string text_of(JsonObject* object, const char* name) {
  JsonNode* node = member(object, name);
  const char* text = node ? json_node_get_string(node) : nullptr;  // null for what is no string
  // Of half a surrogate pair json-glib makes what is no UTF-8.
  if (!text || !g_utf8_validate(text, -1, nullptr))
    throw Refusal{400, "\"" + std::string(name) + "\" is a text."};
  return text;
}

// Of the slider, whose value the page sends as text. Throws Refusal.
double speed_of(JsonObject* object) {
  JsonNode* node = member(object, "speed");
  const GType type = node ? json_node_get_value_type(node) : G_TYPE_INVALID;
  double speed = 0;
  if (type == G_TYPE_STRING) {
    const char* text = json_node_get_string(node);
    char* end = nullptr;
    speed = g_ascii_strtod(text, &end);
    if (end == text || *end != '\0' || g_ascii_isspace(*text))
      throw Refusal{400, "\"speed\" is a number."};
  } else if (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE) {
    speed = json_node_get_double(node);
  } else {
    throw Refusal{400, "\"speed\" is a number."};
  }
  // NaN is neither.
  if (!(speed >= 0 && speed <= Holoviz::kMaxSpeed))
    throw Refusal{422, "\"speed\" is from 0 to 100."};
  return speed;
}

std::string write_answer(const char* sdp) {
  JsonObject* object = json_object_new();
  json_object_set_string_member(object, "sdp", sdp);
  json_object_set_string_member(object, "type", "answer");
  const Owned<JsonNode> node(json_node_alloc());
  json_node_init_object(node.get(), object);
  json_object_unref(object);
  return Owned<gchar>(json_to_string(node.get(), FALSE)).get();
}

guint status_of(const GError* error) {
  if (error->domain != GST_WEBRTC_SERVER_ERROR) return 503;  // such as a stream not yet there
  switch (error->code) {
    case GST_WEBRTC_SERVER_ERROR_PROTOCOL:
      return 400;
    case GST_WEBRTC_SERVER_ERROR_NO_COMMON_CODEC:
      return 422;
    default:
      return 503;
  }
}

void respond_error(GstWebRTCServerRequest* request, const Refusal& refusal) {
  gst_webrtc_server_request_respond_error(request, refusal.status, refusal.message.c_str());
}

// Takes the error.
[[noreturn]] void fail(const std::string& what, GError* error) {
  const Owned<GError> owned(error);
  throw std::runtime_error(what + ": " + error->message);
}

// A file of the page. It is read anew each time, so that a page can be worked on.
void send_file(GstWebRTCServerRequest* request, const std::string& path) {
  gchar* contents = nullptr;
  gsize size = 0;
  GError* error = nullptr;
  if (!g_file_get_contents(path.c_str(), &contents, &size, &error)) {
    const Owned<GError> failure(error);
    return respond_error(request, {404, "This file is not there any more."});
  }
  const Owned<gchar> type(g_content_type_guess(path.c_str(), nullptr, 0, nullptr));
  const Owned<gchar> mime(g_content_type_get_mime_type(type.get()));
  GBytes* body = g_bytes_new_take(contents, size);
  gst_webrtc_server_request_respond(request, 200, mime ? mime.get() : "application/octet-stream",
                                    body);
  g_bytes_unref(body);
}

}  // namespace

// Answers the requests. The routes keep it: one that has come before the server stopped may be
// answered after that, on a thread of the library's when no main loop runs any more.
class Holoviz::Desk : public std::enable_shared_from_this<Desk> {
 public:
  Desk(std::string stream, Wishes wishes)
      : stream_(std::move(stream)), wishes_(std::move(wishes)) {}

  void offer(GstWebRTCServerServer* server, GstWebRTCServerRequest* request);
  void ice_servers(GstWebRTCServerServer* server, GstWebRTCServerRequest* request);
  void config(GstWebRTCServerServer* server, GstWebRTCServerRequest* request);

  // No wish is carried out any more, nor is one still being carried out.
  void close() {
    const std::scoped_lock lock(mutex_);
    wishes_.reset();
  }

 private:
  struct Waiting {
    std::shared_ptr<Desk> desk;
    GstWebRTCServerRequest* request;
  };

  void answer(GstWebRTCServerServer* server, GstWebRTCServerRequest* request, GAsyncResult* result);
  // Throws Refusal.
  template <typename Wish>
  void carry_out(const Wish& wish) {
    const std::scoped_lock lock(mutex_);
    if (!wishes_) throw Refusal{503, "The program ends."};
    wish(*wishes_);
  }

  const std::string stream_;
  std::mutex mutex_;  // held during a wish, which asks for nothing here: close() waits for it
  std::optional<Wishes> wishes_;  // guarded by mutex_
};

void Holoviz::Desk::offer(GstWebRTCServerServer* server, GstWebRTCServerRequest* request) {
  const auto object = read_object(request);
  const std::string sdp = text_of(object.get(), "sdp");
  if (text_of(object.get(), "type") != "offer") throw Refusal{400, "\"type\" is \"offer\"."};
  auto* waiting = new Waiting{shared_from_this(), GST_WEBRTC_SERVER_REQUEST(g_object_ref(request))};
  gst_webrtc_server_server_answer_offer_async(
      server, stream_.c_str(), sdp.c_str(), request, nullptr,
      +[](GObject* source, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<Waiting> it(static_cast<Waiting*>(data));
        try {
          it->desk->answer(GST_WEBRTC_SERVER_SERVER(source), it->request, result);
        } catch (const Refusal& refusal) {
          respond_error(it->request, refusal);
        }
        g_object_unref(it->request);
      },
      waiting);
}

void Holoviz::Desk::answer(GstWebRTCServerServer* server, GstWebRTCServerRequest* request,
                           GAsyncResult* result) {
  GError* error = nullptr;
  const Owned<gchar> sdp(gst_webrtc_server_server_answer_offer_finish(server, result, &error));
  const Owned<GError> failure(error);
  if (!sdp) throw Refusal{status_of(error), error->message};
  // There is somebody to see it.
  carry_out([](const Wishes& wishes) { wishes.watch(); });
  gst_webrtc_server_request_respond_json(request, 200, write_answer(sdp.get()).c_str());
}

void Holoviz::Desk::ice_servers(GstWebRTCServerServer* server, GstWebRTCServerRequest* request) {
  const Owned<gchar> servers(gst_webrtc_server_server_get_ice_servers(server));
  gst_webrtc_server_request_respond_json(request, 200, servers.get());
}

void Holoviz::Desk::config(GstWebRTCServerServer* /*server*/, GstWebRTCServerRequest* request) {
  const auto object = read_object(request);
  const std::string text = text_of(object.get(), "text");
  if (g_utf8_strlen(text.c_str(), -1) > kMaxText)
    throw Refusal{422, "\"text\" has at most 64 characters."};
  const double speed = speed_of(object.get());
  carry_out([&](const Wishes& wishes) { wishes.configure(text, speed); });
  gst_webrtc_server_request_respond(request, 200, "text/plain", nullptr);
}

namespace {

template <auto handler, typename Desk>
void add(GstWebRTCServerServer* server, const std::shared_ptr<Desk>& desk, const char* method,
         const char* path) {
  GError* error = nullptr;
  const auto call = +[](GstWebRTCServerServer* it, GstWebRTCServerRequest* request, gpointer data) {
    try {
      (static_cast<std::shared_ptr<Desk>*>(data)->get()->*handler)(it, request);
    } catch (const Refusal& refusal) {
      respond_error(request, refusal);
    }
  };
  const auto forget = +[](gpointer data) { delete static_cast<std::shared_ptr<Desk>*>(data); };
  if (!gst_webrtc_server_server_add_handler(server, method, path, call,
                                            new std::shared_ptr<Desk>(desk), forget, &error))
    fail(path, error);
}

}  // namespace

Holoviz::Holoviz(GstWebRTCServerServer* server, std::string stream, Wishes wishes)
    : server_(server),
      stream_(std::move(stream)),
      desk_(std::make_shared<Desk>(stream_, std::move(wishes))) {
  add<&Desk::offer>(server, desk_, "POST", "/offer");
  add<&Desk::ice_servers>(server, desk_, "GET", "/iceServers");
  add<&Desk::config>(server, desk_, "POST", "/config");
}

Holoviz::~Holoviz() {
  desk_->close();
}

std::vector<std::string> Holoviz::serve_page(const std::string& folder) {
  GError* error = nullptr;
  const Owned<GDir> files(g_dir_open(folder.c_str(), 0, &error));
  if (!files) fail(folder, error);
  std::vector<std::string> left_out;
  const auto serve = [&](const std::string& path, const std::string& name) {
    auto* file = new std::string(folder + "/" + name);
    const auto call = +[](GstWebRTCServerServer*, GstWebRTCServerRequest* request, gpointer data) {
      send_file(request, *static_cast<std::string*>(data));
    };
    const auto forget = +[](gpointer data) { delete static_cast<std::string*>(data); };
    GError* refusal = nullptr;
    if (!gst_webrtc_server_server_add_handler(server_, "GET", path.c_str(), call, file, forget,
                                              &refusal))
      left_out.emplace_back(Owned<GError>(refusal)->message);
  };
  while (const char* name = g_dir_read_name(files.get())) {
    const std::string path = folder + "/" + name;
    if (*name == '.' || !g_file_test(path.c_str(), G_FILE_TEST_IS_REGULAR)) continue;
    if (name == stream_) {
      left_out.push_back("The file “" + stream_ + "” would hide the stream.");
      continue;
    }
    serve(std::string("/") + name, name);
    if (std::string_view(name) == "index.html") serve("/", name);
  }
  return left_out;
}
