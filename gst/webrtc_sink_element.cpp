// SPDX-License-Identifier: LGPL-2.1-or-later
#include "webrtc_sink_element.hpp"

#include <cstring>
#include <mutex>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "context_sharing.hpp"
#include "control_signals.hpp"
#include "element_support.hpp"
#include "message_signals.hpp"
#include "remote_endpoint.hpp"
#include "run_properties.hpp"
#include "sink_properties.hpp"
#include "webrtc_sink.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace {

using webrtcserver::attempt;
using webrtcserver::EndpointUri;
using webrtcserver::Error;
using webrtcserver::guard;
using webrtcserver::MediaKind;
using webrtcserver::post_error;
using webrtcserver::Ref;
using webrtcserver::WebRTCSink;

class ElementHost;

struct Implementation {
  std::shared_ptr<ElementHost> host;
  std::shared_ptr<WebRTCSink> sink;
  std::mutex mutex;
  unsigned next_video = 0;  // guarded by mutex
  unsigned next_audio = 0;  // guarded by mutex
};

enum Signal {
  kConsumerAdded,
  kConsumerRemoved,
  kEncoderSetup,
  kPayloaderSetup,
  kMessage,
  kControlChanged,
  kGetSessions,
  kRequestKeyFrame,
  kSignals,
};

guint signals[kSignals] = {};

}  // namespace

struct GstWebRTCServerSink {
  GstBin parent;
  Implementation* implementation;
};

struct GstWebRTCServerSinkClass {
  GstBinClass parent_class;
};

static void uri_handler_init(gpointer interface, gpointer data);

G_DEFINE_TYPE_WITH_CODE(GstWebRTCServerSink, gst_webrtc_server_sink, GST_TYPE_BIN,
                        G_IMPLEMENT_INTERFACE(GST_TYPE_URI_HANDLER, uri_handler_init))

namespace {

Implementation& self(gpointer object) {
  return *reinterpret_cast<GstWebRTCServerSink*>(object)->implementation;
}

// Turns what the sink reports into signals and messages of the element.
class ElementHost : public WebRTCSink::Host {
 public:
  explicit ElementHost(GstElement* element) { g_weak_ref_init(&element_, element); }
  ~ElementHost() override { g_weak_ref_clear(&element_); }
  ElementHost(const ElementHost&) = delete;
  ElementHost& operator=(const ElementHost&) = delete;

 private:
  Ref<GstElement> element() {
    return Ref<GstElement>::adopt(static_cast<GstElement*>(g_weak_ref_get(&element_)));
  }

  void session_created(const std::string& session, GstElement* webrtcbin) override {
    if (const auto target = element())
      g_signal_emit(target.get(), signals[kConsumerAdded], 0, session.c_str(), webrtcbin);
  }
  void session_closing(const std::string& session, GstElement* webrtcbin) override {
    if (const auto target = element()) {
      g_signal_emit(target.get(), signals[kConsumerRemoved], 0, session.c_str(), webrtcbin);
    }
  }
  void message_received(const std::string& session, const std::string& json) override {
    if (const auto target = element())
      g_signal_emit(target.get(), signals[kMessage], 0, session.c_str(), json.c_str());
  }
  void viewers_changed() override {
    if (const auto target = element()) g_object_notify(G_OBJECT(target.get()), "viewers");
  }
  void control_changed(const std::string& name, const webrtcserver::ControlValue& value) override {
    if (const auto target = element())
      webrtcserver::emit_control_changed(target.get(), signals[kControlChanged], name, value);
  }
  void encoder_created(const std::string& session, const std::string& pad,
                       GstElement* encoder) override {
    set_up(kEncoderSetup, session, pad, encoder);
  }
  void payloader_created(const std::string& session, const std::string& pad,
                         GstElement* payloader) override {
    set_up(kPayloaderSetup, session, pad, payloader);
  }
  void set_up(Signal signal, const std::string& session, const std::string& pad, GstElement* made) {
    gboolean handled = FALSE;
    if (const auto target = element()) {
      g_signal_emit(target.get(), signals[signal], 0, session.c_str(), pad.c_str(), made, &handled);
    }
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
      GST_ELEMENT_WARNING(target.get(), STREAM, ENCODE, ("%s", message.c_str()), (nullptr));
  }
  void fail(const Error& error) override {
    if (const auto target = element()) post_error(target.get(), error);
  }
  bool run_requested(bool run) override {
    const auto target = element();
    return target && webrtcserver::emit_run_requested(target.get(), run);
  }
  void request_state(GstState state) override {
    if (const auto target = element()) {
      gst_element_post_message(target.get(),
                               gst_message_new_request_state(GST_OBJECT(target.get()), state));
    }
  }
  Ref<GstBin> pipeline() override {
    auto top = Ref<GstObject>::adopt(reinterpret_cast<GstObject*>(element().release()));
    while (top) {
      auto parent = Ref<GstObject>::adopt(gst_object_get_parent(top.get()));
      if (!parent) break;
      top = std::move(parent);
    }
    return top && GST_IS_BIN(top.get()) ? Ref<GstBin>::adopt(GST_BIN(top.release())) : nullptr;
  }
  void push_upstream(const std::string& pad_name, const Ref<GstEvent>& event) override {
    const auto target = element();
    if (!target) return;
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(target.get(), pad_name.c_str()));
    if (pad) gst_pad_push_event(pad.get(), gst_event_ref(event.get()));
  }

  void report(const webrtcserver::RemoteLink::Report& report) override {
    if (const auto target = element()) webrtcserver::post_report(target.get(), report, true);
  }

  GWeakRef element_{};
};

// Sets the uri's options on the element, and what it is the address of.
void take_address(GstElement* element, const std::string& uri) {
  const auto endpoint = webrtcserver::take_address(element, uri, EndpointUri::Protocol::kWhip);
  self(element).sink->change([&](WebRTCSink::Settings& to) { to.endpoint = endpoint; });
}

void open(GstElement* element) {
  WebRTCSink& sink = *self(element).sink;
  take_address(element, sink.settings().uri);
  sink.open();
  g_object_notify(G_OBJECT(element), "uri");
  g_object_notify(G_OBJECT(element), "urls");
  for (const std::string& url : sink.urls())
    GST_INFO_OBJECT(element, "viewers open %s", url.c_str());
  if (sink.settings().tls == webrtcserver::TlsMode::kSelfSigned)
    webrtcserver::tell_self_signed(element, sink.urls(), sink.fingerprint());
  if (sink.tell_open()) webrtcserver::tell_open_to_all(element);
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  WebRTCSink& sink = *self(element).sink;
  bool good = true;
  switch (transition) {
    case GST_STATE_CHANGE_NULL_TO_READY:
      good = attempt(element, [&] {
        webrtcserver::warn_of_codec_file(element);
        open(element);
      });
      break;
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      good = attempt(element, [&] { sink.publish(); });
      break;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      good = attempt(element, [&] {
        sink.play(Ref<GstClock>::adopt(gst_element_get_clock(element)),
                  gst_element_get_base_time(element));
      });
      break;
    default:
      break;
  }
  if (!good) return GST_STATE_CHANGE_FAILURE;
  const auto result =
      GST_ELEMENT_CLASS(gst_webrtc_server_sink_parent_class)->change_state(element, transition);
  guard("a state change of webrtcsink", [&] {
    switch (transition) {
      case GST_STATE_CHANGE_READY_TO_PAUSED:
        if (result == GST_STATE_CHANGE_FAILURE) sink.unpublish();
        break;
      case GST_STATE_CHANGE_NULL_TO_READY:
        if (result == GST_STATE_CHANGE_FAILURE) sink.close();
        break;
      case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
        if (result != GST_STATE_CHANGE_FAILURE) sink.played();
        break;
      case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
        sink.pause();
        break;
      case GST_STATE_CHANGE_PAUSED_TO_READY:
        sink.unpublish();
        break;
      case GST_STATE_CHANGE_READY_TO_NULL:
        sink.close();
        break;
      default:
        break;
    }
  });
  return webrtcserver::result_of_stopping(transition, result);
}

GstPad* request_new_pad(GstElement* element, GstPadTemplate* pad_template, const gchar* wanted,
                        const GstCaps* /*caps*/) {
  return guard("a request for a pad", static_cast<GstPad*>(nullptr), [&]() -> GstPad* {
    Implementation& implementation = self(element);
    const bool video = g_str_has_prefix(GST_PAD_TEMPLATE_NAME_TEMPLATE(pad_template), "video");
    std::string name;
    {
      const std::scoped_lock lock(implementation.mutex);
      unsigned& next = video ? implementation.next_video : implementation.next_audio;
      if (wanted) {
        name = wanted;
        next = std::max(
            next,
            static_cast<unsigned>(std::strtoul(wanted + std::strlen("video_"), nullptr, 10)) + 1);
      } else {
        name = (video ? "video_" : "audio_") + std::to_string(next++);
      }
    }
    GstPad* made = nullptr;
    if (Ref<GstPad>::adopt(gst_element_get_static_pad(element, name.c_str()))) return made;
    attempt(element, [&] {
      auto frames =
          implementation.sink->add_pad(video ? MediaKind::kVideo : MediaKind::kAudio, name);
      // A preroll would take a pipeline that plays back to PAUSED, and new live sources with it.
      if (GST_STATE_TARGET(element) == GST_STATE_PLAYING)
        g_object_set(frames.get(), "async", FALSE, nullptr);
      gst_bin_add(GST_BIN(element), frames.get());
      gst_element_sync_state_with_parent(frames.get());
      const auto target = Ref<GstPad>::adopt(gst_element_get_static_pad(frames.get(), "sink"));
      made = gst_ghost_pad_new_from_template(name.c_str(), target.get(), pad_template);
      gst_pad_set_active(made, TRUE);
      gst_element_add_pad(element, made);
    });
    return made;
  });
}

void release_pad(GstElement* element, GstPad* pad) {
  guard("the release of a pad", [&] {
    const auto target = Ref<GstPad>::adopt(gst_ghost_pad_get_target(GST_GHOST_PAD(pad)));
    self(element).sink->remove_pad(GST_OBJECT_NAME(pad));
    const auto frames =
        Ref<GstElement>::adopt(target ? gst_pad_get_parent_element(target.get()) : nullptr);
    // A buffer may wait in it, for which the end of the pad would wait.
    if (frames) {
      gst_element_set_locked_state(frames.get(), TRUE);
      gst_element_set_state(frames.get(), GST_STATE_NULL);
    }
    gst_pad_set_active(pad, FALSE);
    gst_element_remove_pad(element, pad);
    if (frames) gst_bin_remove(GST_BIN(element), frames.get());
  });
}

// Keeps the URI whatever it is: the state change says what is wrong with it. Its options are
// applied at once, since pads are requested before the element opens and take some of them.
void take_uri(GstElement* element, const char* uri) {
  WebRTCSink& sink = *self(element).sink;
  const std::string text = uri ? uri : WebRTCSink::Settings().uri;
  sink.change([&](WebRTCSink::Settings& to) { to.uri = text; });
  take_address(element, text);
}

// A setter cannot fail: what is wrong with a value is kept for the state change to say.
void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  guard("a property of webrtcsink", [&] {
    std::string mistake;
    try {
      if (id == webrtcserver::kUri) {
        take_uri(GST_ELEMENT(object), g_value_get_string(value));
      } else {
        set_sink_property(*self(object).sink, id, value, spec);
      }
    } catch (const Error& error) {
      GST_WARNING_OBJECT(object, "%s", error.what());
      mistake = error.what();
    }
    self(object).sink->change([&](WebRTCSink::Settings& to) {
      if (mistake.empty() || id == webrtcserver::kUri) {
        to.mistakes.erase(spec->name);  // open() parses the URI again
      } else {
        to.mistakes[spec->name] = mistake;
      }
    });
  });
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* /*spec*/) {
  guard("a property of webrtcsink", [&] { get_sink_property(*self(object).sink, id, value); });
}

GStrv get_sessions(GstElement* element) {
  return guard("get-sessions", static_cast<GStrv>(nullptr), [&] {
    const auto names = self(element).sink->sessions();
    auto** array = g_new0(gchar*, names.size() + 1);
    for (std::size_t i = 0; i < names.size(); ++i) array[i] = g_strdup(names[i].c_str());
    return array;
  });
}

void request_key_frame(GstElement* element) {
  guard("request-key-frame", [&] { self(element).sink->request_key_frame(); });
}

gboolean send_message(GstElement* element, const gchar* session, const gchar* json) {
  return guard("send-message", FALSE, [&]() -> gboolean {
    return webrtcserver::send_message(element, self(element).sink->stream(), session, json);
  });
}

void start(GstElement* element) {
  guard("start", [&] { webrtcserver::wish_run(self(element).sink->stream(), true); });
}

void stop(GstElement* element) {
  guard("stop", [&] { webrtcserver::wish_run(self(element).sink->stream(), false); });
}

gboolean send_frame_metadata(GstElement* element, const gchar* pad, guint64 pts,
                             const gchar* json) {
  return guard("send-frame-metadata", FALSE, [&]() -> gboolean {
    try {
      self(element).sink->tell_frame(pad ? pad : "", pts, json ? json : "");
      return TRUE;
    } catch (const Error& error) {
      GST_WARNING_OBJECT(element, "Metadata of a frame was not sent. %s", error.what());
      return FALSE;
    }
  });
}

void finalize(GObject* object) {
  delete reinterpret_cast<GstWebRTCServerSink*>(object)->implementation;
  G_OBJECT_CLASS(gst_webrtc_server_sink_parent_class)->finalize(object);
}

guint setup_signal(GType type, const char* name) {
  return g_signal_new(name, type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, nullptr,
                      nullptr, G_TYPE_BOOLEAN, 3, G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_ELEMENT);
}

void install_signals(GType type) {
  signals[kConsumerAdded] =
      g_signal_new("consumer-added", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
                   G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_ELEMENT);
  signals[kConsumerRemoved] =
      g_signal_new("consumer-removed", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
                   G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_ELEMENT);
  signals[kEncoderSetup] = setup_signal(type, "encoder-setup");
  signals[kPayloaderSetup] = setup_signal(type, "payloader-setup");
  signals[kMessage] = webrtcserver::install_message_signal(type);
  webrtcserver::install_send_message(type, send_message);
  signals[kControlChanged] = webrtcserver::install_control_changed(type);
  webrtcserver::install_run_signals(type);
  webrtcserver::install_run_actions(type, G_CALLBACK(start), G_CALLBACK(stop));
  constexpr auto kAction = static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION);
  signals[kGetSessions] =
      g_signal_new_class_handler("get-sessions", type, kAction, G_CALLBACK(get_sessions), nullptr,
                                 nullptr, nullptr, G_TYPE_STRV, 0);
  signals[kRequestKeyFrame] =
      g_signal_new_class_handler("request-key-frame", type, kAction, G_CALLBACK(request_key_frame),
                                 nullptr, nullptr, nullptr, G_TYPE_NONE, 0);
  // (pad, PTS of the frame's buffer at that pad in ns, JSON): docs/frame-metadata.md.
  g_signal_new_class_handler("send-frame-metadata", type, kAction, G_CALLBACK(send_frame_metadata),
                             nullptr, nullptr, nullptr, G_TYPE_BOOLEAN, 3, G_TYPE_STRING,
                             G_TYPE_UINT64, G_TYPE_STRING);
}

void add_pad_template(GstElementClass* klass, const char* name, const char* caps_text) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(caps_text));
  gst_element_class_add_pad_template(
      klass, gst_pad_template_new(name, GST_PAD_SINK, GST_PAD_REQUEST, caps.get()));
}

}  // namespace

static void gst_webrtc_server_sink_class_init(GstWebRTCServerSinkClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  webrtcserver::install_sink_properties(object_class);
  install_signals(G_TYPE_FROM_CLASS(klass));

  auto* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(
      element_class, "WebRTC server sink", "Sink/Network/WebRTC",
      "Serves a live stream to browsers: web page, signalling and WebRTC on one port, one encoder "
      "per codec however many "
      "watch",
      "gst-webrtc-server");
  add_pad_template(
      element_class, "video_%u",
      "video/x-raw(ANY); video/x-h264, stream-format=(string){ avc, avc3, byte-stream }; "
      "video/x-h265, stream-format=(string){ hvc1, hev1, byte-stream }; video/x-vp8; video/x-vp9; "
      "video/x-av1");
  add_pad_template(element_class, "audio_%u", "audio/x-raw; audio/x-opus");
  element_class->change_state = change_state;
  element_class->request_new_pad = request_new_pad;
  element_class->release_pad = release_pad;
}

static void gst_webrtc_server_sink_init(GstWebRTCServerSink* element) {
  element->implementation = new Implementation();
  element->implementation->host = std::make_shared<ElementHost>(GST_ELEMENT(element));
  element->implementation->sink = WebRTCSink::create(element->implementation->host);
  // A sink with and without pads; GstBin would count those of its children.
  GST_OBJECT_FLAG_SET(element, GST_ELEMENT_FLAG_SINK);
  gst_bin_set_suppressed_flags(GST_BIN(element), GST_ELEMENT_FLAG_SINK);
}

// GstURIHandler

static GstURIType uri_type(GType /*type*/) {
  return GST_URI_SINK;
}

static const gchar* const* uri_protocols(GType /*type*/) {
  static const gchar* const protocols[] = {"webrtc", "webrtcs", "whip", "whips", nullptr};
  return protocols;
}

static gchar* get_uri(GstURIHandler* handler) {
  return g_strdup(self(handler).sink->uri().c_str());
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
