// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/controls.h>

#include <cmath>
#include <limits>
#include <memory>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "base/ref.hpp"
#include "capi/attempt.hpp"
#include "capi/control_value.hpp"
#include "server/control_store.hpp"

/**
 * GstWebRTCServerControls:
 *
 * What browsers may see and change of an application.
 *
 * Values, indicators and buttons that the application declares, and that browsers get beside the
 * picture: in the page, in JavaScript and over HTTP. The property `remote-controls` of webrtcsink
 * takes the object. What a control is worth lives here, before there is a stream and after it; one
 * object may be given to several elements, which all show it.
 *
 * Functions may be called from any thread. They never wait for a browser. Signals come on the
 * application's main context when it runs one, else on a thread of the library's, and never on one
 * that others wait for; they come one after another.
 *
 * ```python
 * controls = GstWebRTCServer.Controls.new()
 * controls.add_number("speed", "Speed", 1, 0, 10, 0.1)
 * controls.add_action("reset", "Start again")
 * controls.connect("changed::speed", lambda controls, name, value, by: print(value))
 * controls.connect("activated::reset", lambda controls, name, by: print("reset by", by))
 * sink.set_property("remote-controls", controls)
 * ```
 *
 * Since: 0.1
 */

namespace {

using webrtcserver::attempt;
using webrtcserver::ControlSpec;
using webrtcserver::ControlStore;
using webrtcserver::ControlValue;
using webrtcserver::Error;
using webrtcserver::ErrorCode;
using webrtcserver::guard;
using webrtcserver::Ref;

enum Signal { kChanged, kActivated, kSignals };
guint signals[kSignals] = {};

// Makes signals of what browsers do.
class Emitter final : public ControlStore::Handler {
 public:
  explicit Emitter(GObject* object) { g_weak_ref_init(&object_, object); }
  ~Emitter() { g_weak_ref_clear(&object_); }
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  void on_changed(const ControlSpec& control, const ControlValue& value,
                  const std::string& by) override {
    const auto object = lock();
    if (!object) return;
    GValue given = G_VALUE_INIT;
    webrtcserver::give_control_value(control, value, &given);
    g_signal_emit(object.get(), signals[kChanged], g_quark_from_string(control.name.c_str()),
                  control.name.c_str(), &given, by.c_str());
    g_value_unset(&given);
  }
  void on_activated(const std::string& action, const std::string& by) override {
    if (const auto object = lock()) {
      g_signal_emit(object.get(), signals[kActivated], g_quark_from_string(action.c_str()),
                    action.c_str(), by.c_str());
    }
  }

 private:
  Ref<GObject> lock() {
    return Ref<GObject>::adopt(static_cast<GObject*>(g_weak_ref_get(&object_)));
  }

  GWeakRef object_{};
};

}  // namespace

struct _GstWebRTCServerControls {
  GObject parent;
  std::shared_ptr<Emitter>* emitter;
  std::shared_ptr<ControlStore>* store;
};

G_DEFINE_TYPE(GstWebRTCServerControls, gst_webrtc_server_controls, G_TYPE_OBJECT)

namespace {

ControlStore& store_of(GstWebRTCServerControls* self) {
  return **self->store;
}

ControlSpec make_spec(const gchar* name, const gchar* label, ControlSpec::Type type) {
  ControlSpec spec;
  spec.name = name;
  spec.label = label && *label ? label : name;
  spec.type = type;
  return spec;
}

void finalize(GObject* object) {
  auto* self = reinterpret_cast<GstWebRTCServerControls*>(object);
  delete self->store;
  delete self->emitter;
  G_OBJECT_CLASS(gst_webrtc_server_controls_parent_class)->finalize(object);
}

}  // namespace

static void gst_webrtc_server_controls_class_init(GstWebRTCServerControlsClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = finalize;
  constexpr auto kDetailed = static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED);
  /**
   * GstWebRTCServerControls::changed:
   * @self: the controls
   * @name: which of them, the signal's detail too
   * @value: what it is worth now: #gdouble of a number, #gboolean of a toggle, #guint of a color
   *   (ARGB), #gchararray of a text or choice
   * @by: who wished so: a session as `consumer-added` of the element names it, or "http"
   *
   * A browser has changed a control. It is answered when the handlers have returned, and may be
   * corrected by gst_webrtc_server_controls_set_value().
   *
   * Since: 0.1
   */
  signals[kChanged] =
      g_signal_new("changed", G_TYPE_FROM_CLASS(klass), kDetailed, 0, nullptr, nullptr, nullptr,
                   G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_VALUE, G_TYPE_STRING);
  /**
   * GstWebRTCServerControls::activated:
   * @self: the controls
   * @name: of the action, the signal's detail too
   * @by: who pressed it: a session as `consumer-added` of the element names it, or "http"
   *
   * Somebody has pressed the button of an action. The browser is answered when the handlers have
   * returned.
   *
   * Since: 0.1
   */
  signals[kActivated] =
      g_signal_new("activated", G_TYPE_FROM_CLASS(klass), kDetailed, 0, nullptr, nullptr, nullptr,
                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void gst_webrtc_server_controls_init(GstWebRTCServerControls* self) {
  self->emitter = new std::shared_ptr<Emitter>(std::make_shared<Emitter>(G_OBJECT(self)));
  self->store = new std::shared_ptr<ControlStore>(std::make_shared<ControlStore>(*self->emitter));
  ControlStore::bind(G_OBJECT(self), *self->store);
}

/**
 * gst_webrtc_server_controls_new:
 *
 * Controls of the application's own; none yet.
 *
 * Returns: (transfer full): a new object
 *
 * Since: 0.1
 */
GstWebRTCServerControls* gst_webrtc_server_controls_new() {
  return static_cast<GstWebRTCServerControls*>(
      g_object_new(GST_TYPE_WEBRTC_SERVER_CONTROLS, nullptr));
}

/**
 * gst_webrtc_server_controls_add_text:
 * @self: the controls
 * @name: what programs call it: up to 64 letters, digits, dots, hyphens and underscores
 * @label: (nullable): what people read; %NULL: the name
 * @value: what it is worth at first
 * @max_length: how many characters it may have, 1 to 16384
 * @error: return location for a #GError
 *
 * Adds a text that browsers may change. Controls may be added while streams run, whose browsers get
 * the new list.
 *
 * Returns: %FALSE with @error for a name that cannot be or is taken, or a value or limits that do
 *   not fit
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_add_text(GstWebRTCServerControls* self, const gchar* name,
                                             const gchar* label, const gchar* value,
                                             guint max_length, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name && value, FALSE);
  return attempt(error, [&] {
    constexpr guint kLongest = 16384;
    if (max_length < 1 || max_length > kLongest) {
      throw Error(ErrorCode::kFailed,
                  "max_length of \"" + std::string(name) + "\" is from 1 to 16384.");
    }
    ControlSpec spec = make_spec(name, label, ControlSpec::Type::kString);
    spec.max_length = max_length;
    store_of(self).add({spec, std::string(value)});
  });
}

/**
 * gst_webrtc_server_controls_add_number:
 * @self: the controls
 * @name: as of gst_webrtc_server_controls_add_text()
 * @label: (nullable): what people read; %NULL: the name
 * @value: what it is worth at first
 * @min: the least that it may be
 * @max: the most that it may be
 * @step: how far a slider goes at once; values between are taken. 0: a hundredth of the range
 * @error: return location for a #GError
 *
 * Adds a number that browsers may change.
 *
 * Returns: %FALSE with @error for a name that cannot be or is taken, or a value or limits that do
 *   not fit
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_add_number(GstWebRTCServerControls* self, const gchar* name,
                                               const gchar* label, gdouble value, gdouble min,
                                               gdouble max, gdouble step, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name, FALSE);
  return attempt(error, [&] {
    if (!std::isfinite(min) || !std::isfinite(max) || min > max || !std::isfinite(step) ||
        step < 0) {
      throw Error(ErrorCode::kFailed,
                  "The limits of \"" + std::string(name) +
                      "\" are numbers, min is not above max, and step is not below 0.");
    }
    ControlSpec spec = make_spec(name, label, ControlSpec::Type::kNumber);
    spec.min = min;
    spec.max = max;
    spec.step = step > 0 || !std::isfinite(max - min) ? step : (max - min) / 100;
    store_of(self).add({spec, value});
  });
}

/**
 * gst_webrtc_server_controls_add_toggle:
 * @self: the controls
 * @name: as of gst_webrtc_server_controls_add_text()
 * @label: (nullable): what people read; %NULL: the name
 * @value: what it is worth at first
 * @error: return location for a #GError
 *
 * Adds something that is on or off.
 *
 * Returns: %FALSE with @error for a name that cannot be or is taken
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_add_toggle(GstWebRTCServerControls* self, const gchar* name,
                                               const gchar* label, gboolean value, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name, FALSE);
  return attempt(error, [&] {
    store_of(self).add({make_spec(name, label, ControlSpec::Type::kBoolean), value != FALSE});
  });
}

/**
 * gst_webrtc_server_controls_add_choice:
 * @self: the controls
 * @name: as of gst_webrtc_server_controls_add_text()
 * @label: (nullable): what people read; %NULL: the name
 * @value: what it is worth at first, one of @choices
 * @choices: (array zero-terminated=1): what it may be, each once
 * @error: return location for a #GError
 *
 * Adds a list of which browsers choose one.
 *
 * Returns: %FALSE with @error for a name that cannot be or is taken, choices that cannot be told
 *   apart, or a value that is none of them
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_add_choice(GstWebRTCServerControls* self, const gchar* name,
                                               const gchar* label, const gchar* value,
                                               const gchar* const* choices, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name && value && choices, FALSE);
  return attempt(error, [&] {
    ControlSpec spec = make_spec(name, label, ControlSpec::Type::kEnum);
    for (const gchar* const* choice = choices; *choice; ++choice) {
      if (!g_utf8_validate(*choice, -1, nullptr))
        throw Error(ErrorCode::kFailed, "A choice of \"" + spec.name + "\" is no UTF-8.");
      for (const auto& other : spec.choices) {
        if (other.value == *choice) {
          throw Error(ErrorCode::kFailed,
                      "The choices of \"" + spec.name + "\" have \"" + *choice + "\" twice.");
        }
      }
      spec.choices.push_back({*choice, *choice});
    }
    store_of(self).add({spec, std::string(value)});
  });
}

/**
 * gst_webrtc_server_controls_add_color:
 * @self: the controls
 * @name: as of gst_webrtc_server_controls_add_text()
 * @label: (nullable): what people read; %NULL: the name
 * @argb: what it is worth at first: 0xAARRGGBB
 * @error: return location for a #GError
 *
 * Adds a colour.
 *
 * Returns: %FALSE with @error for a name that cannot be or is taken
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_add_color(GstWebRTCServerControls* self, const gchar* name,
                                              const gchar* label, guint argb, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name, FALSE);
  return attempt(error, [&] {
    store_of(self).add(
        {make_spec(name, label, ControlSpec::Type::kColor), webrtcserver::color_text(argb)});
  });
}

/**
 * gst_webrtc_server_controls_add_indicator:
 * @self: the controls
 * @name: as of gst_webrtc_server_controls_add_text()
 * @label: (nullable): what people read; %NULL: the name
 * @value: what it shows at first: a text, a number or a boolean, which it stays
 * @error: return location for a #GError
 *
 * Adds something that browsers see and only the application changes, with
 * gst_webrtc_server_controls_set_value(), as often as it likes: they are told 25 times a second at
 * the most.
 *
 * Returns: %FALSE with @error for a name that cannot be or is taken, or a value of another type
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_add_indicator(GstWebRTCServerControls* self, const gchar* name,
                                                  const gchar* label, const GValue* value,
                                                  GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name && G_IS_VALUE(value), FALSE);
  return attempt(error, [&] {
    ControlSpec spec = make_spec(name, label, ControlSpec::Type::kString);
    spec.read_only = true;
    spec.max_length = 16384;
    spec.min = -std::numeric_limits<double>::infinity();
    spec.max = std::numeric_limits<double>::infinity();
    const ControlValue first = webrtcserver::control_value_of(spec, value);
    if (std::holds_alternative<bool>(first)) spec.type = ControlSpec::Type::kBoolean;
    if (std::holds_alternative<double>(first)) spec.type = ControlSpec::Type::kNumber;
    store_of(self).add({spec, first});
  });
}

/**
 * gst_webrtc_server_controls_add_action:
 * @self: the controls
 * @name: as of gst_webrtc_server_controls_add_text()
 * @label: (nullable): what people read on the button; %NULL: the name
 * @error: return location for a #GError
 *
 * Adds a button, which emits #GstWebRTCServerControls::activated.
 *
 * Returns: %FALSE with @error for a name that cannot be or is taken
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_add_action(GstWebRTCServerControls* self, const gchar* name,
                                               const gchar* label, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name, FALSE);
  return attempt(error, [&] {
    store_of(self).add({make_spec(name, label, ControlSpec::Type::kAction), false});
  });
}

/**
 * gst_webrtc_server_controls_remove:
 * @self: the controls
 * @name: of a control
 *
 * Takes a control away from browsers. Those that are just changing it are told so.
 *
 * Returns: %FALSE where there is none of this name
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_remove(GstWebRTCServerControls* self, const gchar* name) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name, FALSE);
  return guard("removing a control", FALSE,
               [&]() -> gboolean { return store_of(self).remove(name) ? TRUE : FALSE; });
}
