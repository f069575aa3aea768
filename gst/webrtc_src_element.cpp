// SPDX-License-Identifier: LGPL-2.1-or-later
#include "webrtc_src_element.hpp"

#include <mutex>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "context_sharing.hpp"
#include "element_support.hpp"
#include "media_source.hpp"
#include "message_signals.hpp"
#include "remote_endpoint.hpp"
#include "src_properties.hpp"
#include "wanted_form.hpp"
#include "webrtc_src.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace {

using webrtcserver::attempt;
using webrtcserver::Decoding;
using webrtcserver::EndpointUri;
using webrtcserver::Error;
using webrtcserver::guard;
using webrtcserver::MediaKind;
using webrtcserver::Ref;
using webrtcserver::WebRTCSrc;

class ElementHost;

struct Implementation {
  std::shared_ptr<ElementHost> host;
  std::shared_ptr<WebRTCSrc> src;
  std::mutex mutex;
  unsigned slots = 0;    // guarded by mutex: that have pads
  bool running = false;  // guarded by mutex: PAUSED or PLAYING
};

enum Signal {
  kPublisherAdded,
  kPublisherRemoved,
  kMessage,
  kGetSessions,
  kSignals,
};

guint signals[kSignals] = {};

}  // namespace

struct GstWebRTCServerSrc {
  GstBin parent;
  Implementation* implementation;
};

struct GstWebRTCServerSrcClass {
  GstBinClass parent_class;
};

static void uri_handler_init(gpointer interface, gpointer data);

G_DEFINE_TYPE_WITH_CODE(GstWebRTCServerSrc, gst_webrtc_server_src, GST_TYPE_BIN,
                        G_IMPLEMENT_INTERFACE(GST_TYPE_URI_HANDLER, uri_handler_init))

namespace {

Implementation& self(gpointer object) {
  return *reinterpret_cast<GstWebRTCServerSrc*>(object)->implementation;
}

void add_pads(GstElement* element, unsigned slot);

// Turns what the source reports into pads, signals and messages of the element.
class ElementHost : public WebRTCSrc::Host {
 public:
  explicit ElementHost(GstElement* element) { g_weak_ref_init(&element_, element); }
  ~ElementHost() override { g_weak_ref_clear(&element_); }
  ElementHost(const ElementHost&) = delete;
  ElementHost& operator=(const ElementHost&) = delete;

 private:
  Ref<GstElement> element() {
    return Ref<GstElement>::adopt(static_cast<GstElement*>(g_weak_ref_get(&element_)));
  }

  void add_pads(unsigned slot) override {
    if (const auto target = element()) ::add_pads(target.get(), slot);
  }
  Decoding::Wanted wanted_by(const std::string& name) override {
    const auto target = element();
    if (!target) return {};
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(target.get(), name.c_str()));
    const bool video = name.starts_with("video");
    return pad ? webrtcserver::wanted_by(pad.get(), video ? MediaKind::kVideo : MediaKind::kAudio)
               : Decoding::Wanted{};
  }
  void session_created(const std::string& session, GstElement* webrtcbin) override {
    if (const auto target = element())
      g_signal_emit(target.get(), signals[kPublisherAdded], 0, session.c_str(), webrtcbin);
  }
  void session_closing(const std::string& session, GstElement* webrtcbin) override {
    if (const auto target = element())
      g_signal_emit(target.get(), signals[kPublisherRemoved], 0, session.c_str(), webrtcbin);
  }
  void message_received(const std::string& session, const std::string& json) override {
    if (const auto target = element())
      g_signal_emit(target.get(), signals[kMessage], 0, session.c_str(), json.c_str());
  }
  void publishers_changed() override {
    if (const auto target = element()) g_object_notify(G_OBJECT(target.get()), "publishers");
  }
  void wait_for_publisher(const std::string& stream, unsigned seconds) override {
    const auto target = element();
    if (!target) return;
    GstStructure* structure =
        gst_structure_new("webrtc-waiting", "stream", G_TYPE_STRING, stream.c_str(), "seconds",
                          G_TYPE_UINT, seconds, nullptr);
    gst_element_post_message(target.get(),
                             gst_message_new_element(GST_OBJECT(target.get()), structure));
  }
  Ref<GstContext> find_context(const char* type) override {
    const auto target = element();
    return target ? webrtcserver::find_shared_context(target.get(), type) : nullptr;
  }
  void context_made(const Ref<GstContext>& context) override {
    if (const auto target = element()) webrtcserver::share_context(target.get(), context);
  }
  void warn(const std::string& message) override {
    if (const auto target = element())
      GST_ELEMENT_WARNING(target.get(), STREAM, DECODE, ("%s", message.c_str()), (nullptr));
  }

  void report(const webrtcserver::RemoteLink::Report& report) override {
    if (const auto target = element()) webrtcserver::post_report(target.get(), report, false);
  }

  GWeakRef element_{};
};

// ---- pads

void add_pad(GstElement* element, MediaKind kind, unsigned slot) {
  const auto& src = self(element).src;
  const std::string prefix = to_string(kind);
  const std::string name = prefix + "_" + std::to_string(slot);
  const auto update = [weak = std::weak_ptr<WebRTCSrc>(src)] {
    if (const auto target = weak.lock()) target->update_inputs();
  };
  const auto fail = [weak = std::weak_ptr<WebRTCSrc>(src)] {
    if (const auto target = weak.lock()) target->fail_pipeline();
  };
  const auto source = webrtcserver::create_media_source(
      "source-" + name, src->add_pad(kind, name, slot), update, fail);
  const WebRTCSrc::Settings settings = src->settings();
  webrtcserver::configure_media_source(
      source.get(),
      {std::chrono::milliseconds(settings.latency), settings.on_idle == WebRTCSrc::OnIdle::kBlack,
       std::chrono::milliseconds(settings.idle_timeout)});
  gst_bin_add(GST_BIN(element), source.get());
  const auto target = Ref<GstPad>::adopt(gst_element_get_static_pad(source.get(), "src"));
  GstPadTemplate* pad_template =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(element), (prefix + "_%u").c_str());
  GstPad* pad = gst_ghost_pad_new_from_template(name.c_str(), target.get(), pad_template);
  const auto on_link = +[](GstPad* linked, GstPad* /*peer*/, gpointer /*data*/) {
    guard("a link of webrtcsrc", [&] {
      const auto parent = Ref<GstElement>::adopt(gst_pad_get_parent_element(linked));
      if (parent) self(parent.get()).src->update_inputs();
    });
  };
  g_signal_connect(pad, "linked", G_CALLBACK(on_link), nullptr);
  g_signal_connect(pad, "unlinked", G_CALLBACK(on_link), nullptr);
  gst_pad_set_active(pad, TRUE);
  gst_element_add_pad(element, pad);
  gst_element_sync_state_with_parent(source.get());
}

void add_pads(GstElement* element, unsigned slot) {
  Implementation& implementation = self(element);
  {
    const std::scoped_lock lock(implementation.mutex);
    if (!implementation.running) return;
    if (slot < implementation.slots) {
      implementation.src->update_inputs();
      return;
    }
    implementation.slots = slot + 1;
  }
  add_pad(element, MediaKind::kVideo, slot);
  add_pad(element, MediaKind::kAudio, slot);
  const unsigned all = implementation.src->settings().max_publishers;
  if (slot + 1 == all) gst_element_no_more_pads(element);
  implementation.src->update_inputs();
}

// Those of the first publisher stay: an application that starts again has them linked.
void remove_further_pads(GstElement* element) {
  Implementation& implementation = self(element);
  unsigned slots = 0;
  {
    const std::scoped_lock lock(implementation.mutex);
    slots = std::exchange(implementation.slots, std::min(implementation.slots, 1U));
  }
  implementation.src->remove_pads(1);
  for (unsigned slot = 1; slot < slots; ++slot) {
    for (const char* prefix : {"video_", "audio_"}) {
      const std::string name = prefix + std::to_string(slot);
      const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element, name.c_str()));
      const auto source =
          Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(element), ("source-" + name).c_str()));
      if (pad) {
        gst_pad_set_active(pad.get(), FALSE);
        gst_element_remove_pad(element, pad.get());
      }
      if (source) {
        gst_element_set_state(source.get(), GST_STATE_NULL);
        gst_bin_remove(GST_BIN(element), source.get());
      }
    }
  }
}

// ---- states

// Sets the uri's options on the element, and what it is the address of.
void take_address(GstElement* element, const std::string& uri) {
  const auto endpoint = webrtcserver::take_address(element, uri, EndpointUri::Protocol::kWhep);
  self(element).src->change([&](WebRTCSrc::Settings& to) { to.endpoint = endpoint; });
}

void open(GstElement* element) {
  WebRTCSrc& src = *self(element).src;
  take_address(element, src.settings().uri);
  src.open();
  g_object_notify(G_OBJECT(element), "uri");
  g_object_notify(G_OBJECT(element), "urls");
  for (const std::string& url : src.urls())
    GST_INFO_OBJECT(element, "publishers open %s", url.c_str());
  if (src.settings().tls == webrtcserver::TlsMode::kSelfSigned)
    webrtcserver::tell_self_signed(element, src.urls(), src.fingerprint());
  if (src.tell_open()) webrtcserver::tell_open_to_all(element);
}

void set_running(GstElement* element, bool running) {
  Implementation& implementation = self(element);
  const std::scoped_lock lock(implementation.mutex);
  implementation.running = running;
}

void configure_sources(GstElement* element) {
  const WebRTCSrc::Settings settings = self(element).src->settings();
  for (const char* name : {"source-video_0", "source-audio_0"}) {
    const auto source = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(element), name));
    if (!source) continue;
    webrtcserver::configure_media_source(
        source.get(),
        {std::chrono::milliseconds(settings.latency), settings.on_idle == WebRTCSrc::OnIdle::kBlack,
         std::chrono::milliseconds(settings.idle_timeout)});
  }
}

void start(GstElement* element) {
  set_running(element, true);
  configure_sources(element);
  add_pads(element, 0);
  self(element).src->publish();
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  WebRTCSrc& src = *self(element).src;
  bool good = true;
  switch (transition) {
    case GST_STATE_CHANGE_NULL_TO_READY:
      good = attempt(element, [&] {
        webrtcserver::warn_of_codec_file(element);
        open(element);
      });
      break;
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      good = attempt(element, [&] { start(element); });
      break;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      good =
          attempt(element, [&] { src.play(Ref<GstClock>::adopt(gst_element_get_clock(element))); });
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      guard("the end of webrtcsrc", [&] {
        set_running(element, false);
        src.unpublish();
      });
      break;
    default:
      break;
  }
  if (!good) {
    set_running(element, false);
    return GST_STATE_CHANGE_FAILURE;
  }
  const auto result =
      GST_ELEMENT_CLASS(gst_webrtc_server_src_parent_class)->change_state(element, transition);
  guard("a state change of webrtcsrc", [&] {
    switch (transition) {
      case GST_STATE_CHANGE_READY_TO_PAUSED:
        if (result == GST_STATE_CHANGE_FAILURE) src.unpublish();
        break;
      case GST_STATE_CHANGE_NULL_TO_READY:
        if (result == GST_STATE_CHANGE_FAILURE) src.close();
        break;
      case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
        src.pause();
        break;
      case GST_STATE_CHANGE_PAUSED_TO_READY:
        remove_further_pads(element);
        break;
      case GST_STATE_CHANGE_READY_TO_NULL:
        src.close();
        break;
      default:
        break;
    }
  });
  return webrtcserver::result_of_stopping(transition, result);
}

// ---- properties and signals

// Keeps the URI whatever it is: the state change says what is wrong with it.
void take_uri(GstElement* element, const char* uri) {
  WebRTCSrc& src = *self(element).src;
  const std::string text = uri ? uri : WebRTCSrc::Settings().uri;
  src.change([&](WebRTCSrc::Settings& to) { to.uri = text; });
  take_address(element, text);
}

// A setter cannot fail: what is wrong with a value is kept for the state change to say.
void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  guard("a property of webrtcsrc", [&] {
    std::string mistake;
    try {
      if (id == webrtcserver::kUri) {
        take_uri(GST_ELEMENT(object), g_value_get_string(value));
      } else {
        set_src_property(*self(object).src, id, value, spec);
      }
    } catch (const Error& error) {
      GST_WARNING_OBJECT(object, "%s", error.what());
      mistake = error.what();
    }
    self(object).src->change([&](WebRTCSrc::Settings& to) {
      if (mistake.empty() || id == webrtcserver::kUri) {
        to.mistakes.erase(spec->name);  // open() parses the URI again
      } else {
        to.mistakes[spec->name] = mistake;
      }
    });
  });
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* /*spec*/) {
  guard("a property of webrtcsrc", [&] { get_src_property(*self(object).src, id, value); });
}

GStrv get_sessions(GstElement* element) {
  return guard("get-sessions", static_cast<GStrv>(nullptr), [&] {
    const auto names = self(element).src->sessions();
    auto** array = g_new0(gchar*, names.size() + 1);
    for (std::size_t i = 0; i < names.size(); ++i) array[i] = g_strdup(names[i].c_str());
    return array;
  });
}

gboolean send_message(GstElement* element, const gchar* session, const gchar* json) {
  return guard("send-message", FALSE, [&]() -> gboolean {
    return webrtcserver::send_message(element, self(element).src->stream(), session, json);
  });
}

void finalize(GObject* object) {
  delete reinterpret_cast<GstWebRTCServerSrc*>(object)->implementation;
  G_OBJECT_CLASS(gst_webrtc_server_src_parent_class)->finalize(object);
}

void install_signals(GType type) {
  signals[kPublisherAdded] =
      g_signal_new("publisher-added", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
                   G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_ELEMENT);
  signals[kPublisherRemoved] =
      g_signal_new("publisher-removed", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
                   G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_ELEMENT);
  signals[kMessage] = webrtcserver::install_message_signal(type);
  webrtcserver::install_send_message(type, send_message);
  constexpr auto kAction = static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION);
  signals[kGetSessions] =
      g_signal_new_class_handler("get-sessions", type, kAction, G_CALLBACK(get_sessions), nullptr,
                                 nullptr, nullptr, G_TYPE_STRV, 0);
}

void add_pad_template(GstElementClass* klass, const char* name, const char* caps_text) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(caps_text));
  gst_element_class_add_pad_template(
      klass, gst_pad_template_new(name, GST_PAD_SRC, GST_PAD_SOMETIMES, caps.get()));
}

}  // namespace

static void gst_webrtc_server_src_class_init(GstWebRTCServerSrcClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  webrtcserver::install_src_properties(object_class);
  install_signals(G_TYPE_FROM_CLASS(klass));

  auto* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element_class, "WebRTC server source",
                                        "Source/Network/WebRTC",
                                        "Takes cameras, microphones and screens from browsers: web "
                                        "page, signalling and WebRTC on one "
                                        "port",
                                        "gst-webrtc-server");
  add_pad_template(element_class, "video_%u",
                   "video/x-raw(ANY); video/x-h264; video/x-vp8; video/x-vp9; video/x-h265; "
                   "video/x-av1; application/x-rtp, media=(string)video");
  add_pad_template(element_class, "audio_%u",
                   "audio/x-raw; audio/x-opus; application/x-rtp, media=(string)audio");
  element_class->change_state = change_state;
}

static void gst_webrtc_server_src_init(GstWebRTCServerSrc* element) {
  element->implementation = new Implementation();
  element->implementation->host = std::make_shared<ElementHost>(GST_ELEMENT(element));
  element->implementation->src = WebRTCSrc::create(element->implementation->host);
  // A source with and without pads; GstBin would count those of its children.
  GST_OBJECT_FLAG_SET(element, GST_ELEMENT_FLAG_SOURCE);
  gst_bin_set_suppressed_flags(GST_BIN(element), GST_ELEMENT_FLAG_SOURCE);
}

// GstURIHandler

static GstURIType uri_type(GType /*type*/) {
  return GST_URI_SRC;
}

static const gchar* const* uri_protocols(GType /*type*/) {
  static const gchar* const protocols[] = {"webrtc", "webrtcs", "whep", "wheps", nullptr};
  return protocols;
}

static gchar* get_uri(GstURIHandler* handler) {
  return g_strdup(self(handler).src->uri().c_str());
}

static gboolean set_uri(GstURIHandler* handler, const gchar* uri, GError** error) {
  GstElement* element = GST_ELEMENT(handler);
  return webrtcserver::set_handler_uri(element, error, [&] { take_uri(element, uri); });
}

static void uri_handler_init(gpointer interface, gpointer /*data*/) {
  auto* handler = static_cast<GstURIHandlerInterface*>(interface);
  handler->get_type = uri_type;
  handler->get_protocols = uri_protocols;
  handler->get_uri = get_uri;
  handler->set_uri = set_uri;
}
