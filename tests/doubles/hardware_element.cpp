// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/hardware_element.hpp"

#include <gst/video/video-event.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "doubles/carrier.hpp"
#include "doubles/properties.hpp"
#include "doubles/station.hpp"

namespace webrtcserver::doubles {
class Hardware;
}

struct WebRTCServerDouble {
  GstBin parent;
  webrtcserver::doubles::Hardware* hardware;
};
struct WebRTCServerDoubleClass {
  GstBinClass parent_class;
  const webrtcserver::doubles::ElementContract* contract;
};

G_BEGIN_DECLS
GType webrtcserver_double_get_type();
G_END_DECLS

G_DEFINE_ABSTRACT_TYPE(WebRTCServerDouble, webrtcserver_double, GST_TYPE_BIN)

namespace webrtcserver::doubles {

namespace {

std::string text_of(const GValue& value) {
  return take_string(gst_value_serialize(&value));
}

// The software that decodes what the caps name.
const char* decoder_for(const GstCaps* caps) {
  const std::string_view name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
  if (name == "video/x-h264") return "avdec_h264";
  if (name == "video/x-h265") return "avdec_h265";
  if (name == "video/x-vp8") return "vp8dec";
  if (name == "video/x-vp9") return "vp9dec";
  return nullptr;
}

}  // namespace

class Hardware {
 public:
  Hardware(GstElement* element, const ElementContract& contract)
      : element_(element),
        contract_(contract),
        station_(Station::of(contract.factory)),
        properties_(all_properties(contract)) {
    for (const Property* property : properties_) {
      GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element_), property->name);
      GValue value = G_VALUE_INIT;
      g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
      g_param_value_set_default(spec, &value);
      values_.push_back(value);
    }
    build();
  }

  ~Hardware() {
    for (GValue& value : values_) g_value_unset(&value);
  }
  Hardware(const Hardware&) = delete;
  Hardware& operator=(const Hardware&) = delete;

  void get(guint id, GValue* value) {
    GST_OBJECT_LOCK(element_);
    g_value_copy(&values_.at(id - 1), value);
    GST_OBJECT_UNLOCK(element_);
  }

  void set(guint id, const GValue* value) {
    const Property& property = *properties_.at(id - 1);
    GST_OBJECT_LOCK(element_);
    g_value_copy(value, &values_.at(id - 1));
    GST_OBJECT_UNLOCK(element_);
    const GstState state = GST_STATE(element_);
    const bool effective = state <= GST_STATE_READY || property.until == Until::kAlways;
    station_.change([&](Station::Seen& seen) {
      seen.settings.push_back({number_, property.name, text_of(*value), state, effective});
    });
    if (!effective) return;
    if (contract_.bitrate_property && std::string_view(property.name) == contract_.bitrate_property)
      use_bitrate(g_value_get_uint(value) * static_cast<unsigned>(contract_.bits_per_unit));
    if (contract_.key_frames == KeyFrames::kProperty &&
        std::string_view(property.name) == "force-idr" && g_value_get_boolean(value))
      make_key_frame();
    if (property.type == Property::Type::kStructure) use_controls(gst_value_get_structure(value));
  }

  void force_idr() {
    if (frames_out_ > 0) {
      make_key_frame();
      return;
    }
    station_.change([](Station::Seen& seen) { ++seen.asked_too_early; });
    GST_ELEMENT_ERROR(element_, LIBRARY, ENCODE,
                      ("The real element crashes when it is asked for a key frame before its "
                       "first buffer."),
                      (nullptr));
  }

  // False: the state cannot be reached.
  bool before(GstStateChange transition) {
    if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
      frames_in_ = 0;
      frames_out_ = 0;
      refused_ = false;
      has_hung_ = false;
    }
    if (transition != GST_STATE_CHANGE_NULL_TO_READY) return true;
    station_.change([&](Station::Seen& seen) { number_ = ++seen.instances; });
    const Behaviour behaviour = present_behaviour();
    if (behaviour.hangs == Behaviour::Hangs::kAtReady) station_.hang();
    if (!behaviour.refuses_to_start.empty()) {
      GST_ELEMENT_ERROR(element_, RESOURCE, OPEN_READ_WRITE,
                        ("%s", behaviour.refuses_to_start.c_str()), (nullptr));
      return false;
    }
    if (contract_.opens == Opens::kAtCaps || open()) return true;
    // GstVideoEncoder's words, 1.20 to 1.26, when the class's open() fails; nvh264enc's own are in
    // the log only.
    GST_ELEMENT_ERROR(element_, LIBRARY, INIT, (nullptr), ("Failed to open encoder"));
    return false;
  }

  void after(GstStateChange transition) {
    const bool closes = contract_.opens == Opens::kAtReady
                            ? transition == GST_STATE_CHANGE_READY_TO_NULL
                            : transition == GST_STATE_CHANGE_PAUSED_TO_READY;
    if (closes) close();
  }

  void close() {
    if (!open_.exchange(false)) return;
    station_.close_session();
  }

 private:
  bool is_decoder() const { return contract_.coder == nullptr; }

  Behaviour present_behaviour() const {
    const Behaviour behaviour = station_.behaviour();
    const bool late = behaviour.instances != 0 && number_ > behaviour.instances;
    return late || number_ <= behaviour.spared ? Behaviour{} : behaviour;
  }

  bool open() {
    if (!open_) open_ = station_.open_session();
    return open_;
  }

  GstElement* add(const char* factory, const char* name) {
    const auto element = Ref<GstElement>::sink(gst_element_factory_make(factory, name));
    if (!element) throw std::runtime_error(std::string(factory) + " is not installed");
    return append(element);
  }
  GstElement* append(const Ref<GstElement>& element) {
    gst_bin_add(GST_BIN(element_), element.get());
    if (last_) gst_element_link(last_, element.get());
    last_ = element.get();
    return last_;
  }
  GstElement* add_filter(const char* name, const char* caps) {
    GstElement* filter = add("capsfilter", name);
    const auto parsed = Ref<GstCaps>::adopt(gst_caps_from_string(caps));
    if (!parsed) throw std::runtime_error(std::string("no caps: ") + caps);
    g_object_set(filter, "caps", parsed.get(), nullptr);
    return filter;
  }

  void build() {
    GstElement* first = add_filter("entrance", contract_.sink_caps);
    if (is_decoder()) {
      // The decoder is put between when the caps say which.
      before_decoder_ = last_;
      last_ = nullptr;
      behind_decoder_ = add("videoconvert", "formats");
      append(make_carrier("device"));
    } else {
      append(make_carrier("device"));
      add("videoconvert", "formats");
      add_encoder();
    }
    add_filter("exit", contract_.src_caps);
    add_pad("sink", first);
    add_pad("src", last_);
    watch();
  }

  void add_encoder() {
    GError* error = nullptr;
    const auto coder = Ref<GstElement>::sink(
        gst_parse_launch_full(contract_.coder, nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
    const Owned<GError> owned(error);
    if (!coder) throw std::runtime_error(std::string(contract_.coder) + ": " + owned->message);
    coder_ = append(coder);
  }

  void add_pad(const char* name, GstElement* inside) {
    const auto target = Ref<GstPad>::adopt(gst_element_get_static_pad(inside, name));
    GstPadTemplate* made_like =
        gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(element_), name);
    GstPad* pad = gst_ghost_pad_new_from_template(name, target.get(), made_like);
    GST_PAD_SET_ACCEPT_INTERSECT(pad);  // as GstVideoEncoder and GstVideoDecoder do
    gst_element_add_pad(element_, pad);
  }

  // `this` lives as long as the element, and so as its pads.
  void watch() {
    const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(element_, "sink"));
    gst_pad_add_probe(
        sink.get(),
        static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER |
                                     GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
        [](GstPad*, GstPadProbeInfo* info, gpointer self) {
          return static_cast<Hardware*>(self)->on_input(info);
        },
        this, nullptr);
    const auto src = Ref<GstPad>::adopt(gst_element_get_static_pad(element_, "src"));
    gst_pad_add_probe(
        src.get(),
        static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_UPSTREAM),
        [](GstPad*, GstPadProbeInfo* info, gpointer self) {
          return static_cast<Hardware*>(self)->on_output(info);
        },
        this, nullptr);
  }

  GstPadProbeReturn on_input(GstPadProbeInfo* info) {
    if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) == 0) {
      GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
      return GST_EVENT_TYPE(event) == GST_EVENT_CAPS ? on_caps(event) : GST_PAD_PROBE_OK;
    }
    if (refused_) return refuse(info, GST_FLOW_NOT_NEGOTIATED);
    ++frames_in_;
    station_.change([](Station::Seen& seen) { ++seen.frames_in; });
    const Behaviour behaviour = present_behaviour();
    if (behaviour.hangs == Behaviour::Hangs::kAtFrame && frames_in_ >= behaviour.hangs_at_frame &&
        !has_hung_.exchange(true))
      station_.hang();
    if (behaviour.fails_at_frame != 0 && frames_in_ >= behaviour.fails_at_frame) {
      GST_ELEMENT_ERROR(element_, RESOURCE, FAILED, ("Failed to process frame."),
                        ("The device is lost."));
      return refuse(info, GST_FLOW_ERROR);
    }
    const bool silent = behaviour.silent_from != 0 && frames_in_ >= behaviour.silent_from;
    return silent ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  }

  static GstPadProbeReturn refuse(GstPadProbeInfo* info, GstFlowReturn flow) {
    gst_buffer_unref(GST_PAD_PROBE_INFO_BUFFER(info));
    GST_PAD_PROBE_INFO_FLOW_RETURN(info) = flow;
    return GST_PAD_PROBE_HANDLED;
  }

  GstPadProbeReturn on_caps(GstEvent* event) {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    if (contract_.opens == Opens::kAtCaps && !open()) {
      refused_ = true;
      // gstnvencoder.cpp, 1.22 to 1.28, where NvEncOpenEncodeSession() says out of memory.
      GST_ELEMENT_ERROR(element_, STREAM, ENCODE, (nullptr), ("Failed to open session"));
      return GST_PAD_PROBE_DROP;
    }
    if (is_decoder() && !coder_) put_decoder(caps);
    return GST_PAD_PROBE_OK;
  }

  void put_decoder(const GstCaps* caps) {
    const char* factory = decoder_for(caps);
    coder_ = factory ? gst_element_factory_make(factory, "coder") : nullptr;
    if (!coder_) {
      GST_ELEMENT_ERROR(element_, CORE, MISSING_PLUGIN, ("No software decodes it."), (nullptr));
      return;
    }
    // With threads for whole frames it would hold frames back, which hardware does not.
    if (std::string_view(factory).starts_with("avdec"))
      gst_util_set_object_arg(G_OBJECT(coder_), "thread-type", "slice");
    gst_bin_add(GST_BIN(element_), coder_);
    gst_element_link_many(before_decoder_, coder_, behind_decoder_, nullptr);
    gst_element_sync_state_with_parent(coder_);
  }

  GstPadProbeReturn on_output(GstPadProbeInfo* info) {
    if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
      ++frames_out_;
      station_.change([](Station::Seen& seen) { ++seen.frames_out; });
      return GST_PAD_PROBE_OK;
    }
    if (is_decoder() || !gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info)))
      return GST_PAD_PROBE_OK;
    const bool obeys = contract_.key_frames == KeyFrames::kEvent;
    station_.change([obeys](Station::Seen& seen) {
      ++(obeys ? seen.key_frames_asked : seen.key_frames_missed);
    });
    return obeys ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
  }

  void make_key_frame() {
    station_.change([](Station::Seen& seen) { ++seen.key_frames_asked; });
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(coder_, "src"));
    gst_pad_send_event(pad.get(),
                       gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, FALSE, 0));
  }

  void use_bitrate(unsigned bits_per_second) {
    station_.change([&](Station::Seen& seen) { seen.bitrates.push_back(bits_per_second); });
    const bool in_bits = g_object_class_find_property(G_OBJECT_GET_CLASS(coder_), "target-bitrate");
    if (bits_per_second < 1000) return;  // the element's own choice, or a unit that is wrong
    // x265enc begins anew with another bitrate, and a key frame; hardware does not.
    const GstElementFactory* factory = gst_element_get_factory(coder_);
    if (frames_in_ > 0 && std::string_view(GST_OBJECT_NAME(factory)) == "x265enc") return;
    gst_util_set_object_arg(
        G_OBJECT(coder_), in_bits ? "target-bitrate" : "bitrate",
        std::to_string(in_bits ? bits_per_second : bits_per_second / 1000).c_str());
  }

  // Those of Linux's stateful encoder interface, with the names that gst_v4l2_set_controls() makes
  // of the drivers'.
  void use_controls(const GstStructure* controls) {
    int value = 0;
    if (!controls) return;
    if (gst_structure_get_int(controls, "video_bitrate", &value))
      use_bitrate(static_cast<unsigned>(value));
    if (contract_.key_frames == KeyFrames::kControl &&
        gst_structure_get_int(controls, "force_key_frame", &value) && frames_in_ > 0)
      make_key_frame();
  }

  GstElement* const element_;
  const ElementContract& contract_;
  Station& station_;
  const std::vector<const Property*> properties_;
  std::vector<GValue> values_;  // guarded by the object's lock
  GstElement* last_ = nullptr;
  GstElement* coder_ = nullptr;
  GstElement* before_decoder_ = nullptr;
  GstElement* behind_decoder_ = nullptr;
  unsigned number_ = 0;
  std::atomic<unsigned> frames_in_{0};
  std::atomic<unsigned> frames_out_{0};
  std::atomic<bool> open_{false};
  std::atomic<bool> refused_{false};
  std::atomic<bool> has_hung_{false};
};

namespace {

Hardware& hardware_of(gpointer object) {
  return *reinterpret_cast<WebRTCServerDouble*>(object)->hardware;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* /*spec*/) {
  hardware_of(object).set(id, value);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* /*spec*/) {
  hardware_of(object).get(id, value);
}

void init_class(gpointer klass, gpointer data) {
  const auto& contract = *static_cast<const ElementContract*>(data);
  reinterpret_cast<WebRTCServerDoubleClass*>(klass)->contract = &contract;
  auto* element = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element, contract.factory, contract.klass,
                                        "Stands in for hardware in tests", "tests");
  const auto add_template = [element](const char* name, GstPadDirection direction,
                                      const char* text) {
    const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(text));
    gst_element_class_add_pad_template(
        element, gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps.get()));
  };
  add_template("sink", GST_PAD_SINK, contract.sink_caps);
  add_template("src", GST_PAD_SRC, contract.src_caps);
  G_OBJECT_CLASS(klass)->set_property = set_property;
  G_OBJECT_CLASS(klass)->get_property = get_property;
  guint id = 0;
  for (const Property* property : all_properties(contract)) {
    g_object_class_install_property(G_OBJECT_CLASS(klass), ++id,
                                    make_param_spec(contract, *property));
  }
  if (contract.key_frames == KeyFrames::kAction) {
    g_signal_new_class_handler("force-IDR", G_TYPE_FROM_CLASS(klass),
                               static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                               G_CALLBACK(+[](GstElement* self) { hardware_of(self).force_idr(); }),
                               nullptr, nullptr, nullptr, G_TYPE_NONE, 0);
  }
}

}  // namespace

GType type_of(const ElementContract& contract) {
  std::string name = std::string("WebRTCServerDouble-") + contract.factory + "-" + contract.release;
  for (char& letter : name) {
    if (!g_ascii_isalnum(letter)) letter = '_';
  }
  if (const GType known = g_type_from_name(name.c_str())) return known;
  GTypeInfo info{};
  info.class_size = sizeof(WebRTCServerDoubleClass);
  info.class_init = init_class;
  info.class_data = &contract;
  info.instance_size = sizeof(WebRTCServerDouble);
  return g_type_register_static(webrtcserver_double_get_type(), name.c_str(), &info,
                                static_cast<GTypeFlags>(0));
}

Registration install(const ElementContract& contract, guint rank) {
  // Some of a release's habits can only be told by the plugin's version.
  const std::string release = contract.release;
  const bool is_version = release.starts_with("1.");
  return {contract.factory, type_of(contract), rank, is_version ? release + ".0" : ""};
}

}  // namespace webrtcserver::doubles

static void webrtcserver_double_init(WebRTCServerDouble* self) {
  self->hardware = nullptr;
}

// The class that it has here is its own; in _init() it still was that of its parent.
static void constructed(GObject* object) {
  G_OBJECT_CLASS(webrtcserver_double_parent_class)->constructed(object);
  const auto* klass = reinterpret_cast<WebRTCServerDoubleClass*>(G_OBJECT_GET_CLASS(object));
  reinterpret_cast<WebRTCServerDouble*>(object)->hardware =
      new webrtcserver::doubles::Hardware(GST_ELEMENT(object), *klass->contract);
}

static void finalize(GObject* object) {
  auto* self = reinterpret_cast<WebRTCServerDouble*>(object);
  self->hardware->close();
  delete self->hardware;  // NOLINT(cppcoreguidelines-owning-memory): made in constructed()
  G_OBJECT_CLASS(webrtcserver_double_parent_class)->finalize(object);
}

static GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  auto& hardware = webrtcserver::doubles::hardware_of(element);
  if (!hardware.before(transition)) return GST_STATE_CHANGE_FAILURE;
  const auto result =
      GST_ELEMENT_CLASS(webrtcserver_double_parent_class)->change_state(element, transition);
  hardware.after(transition);
  return result;
}

static void webrtcserver_double_class_init(WebRTCServerDoubleClass* klass) {
  auto* object = G_OBJECT_CLASS(klass);
  object->constructed = constructed;
  object->finalize = finalize;
  GST_ELEMENT_CLASS(klass)->change_state = change_state;
}
