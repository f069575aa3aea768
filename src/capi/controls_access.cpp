// SPDX-License-Identifier: LGPL-2.1-or-later
// What the application reads and changes of GstWebRTCServerControls.
#include <gst/webrtcserver/controls.h>

#include <limits>

#include "base/guard.hpp"
#include "capi/attempt.hpp"
#include "capi/control_value.hpp"
#include "server/control_store.hpp"

namespace {

using webrtcserver::attempt;
using webrtcserver::ControlSpec;
using webrtcserver::ControlStore;
using webrtcserver::guard;

ControlStore& store_of(GstWebRTCServerControls* self) {
  return *ControlStore::of(G_OBJECT(self));
}

}  // namespace

/**
 * gst_webrtc_server_controls_set_value:
 * @self: the controls
 * @name: of a control
 * @value: a #gdouble or any other number, #gboolean, #gchararray, or for a color a #guint or
 *   "#aarrggbb", as the control was added
 * @error: return location for a #GError
 *
 * The application's own change: browsers see it, and #GstWebRTCServerControls::changed is not
 * emitted.
 *
 * Returns: %FALSE with @error for a control that is not there, or a value that it does not take
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_set_value(GstWebRTCServerControls* self, const gchar* name,
                                              const GValue* value, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name && G_IS_VALUE(value), FALSE);
  return attempt(error, [&] {
    const auto control = store_of(self).find(name);
    const ControlSpec spec = control ? control->spec : ControlSpec();
    store_of(self).set(name, webrtcserver::control_value_of(spec, value));
  });
}

/**
 * gst_webrtc_server_controls_get_value:
 * @self: the controls
 * @name: of a control
 * @value: (out caller-allocates): what it is worth, in the type that
 *   #GstWebRTCServerControls::changed has; in C a %G_VALUE_INIT that is the caller's to unset
 *
 * What a control is worth now.
 *
 * Returns: %FALSE for an action, and where there is none of this name; @value is a #gchararray that
 *   is %NULL then
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_get_value(GstWebRTCServerControls* self, const gchar* name,
                                              GValue* value) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name && value, FALSE);
  return guard("reading a control", FALSE, [&]() -> gboolean {
    const auto control = store_of(self).find(name);
    if (!control || control->spec.type == ControlSpec::Type::kAction) {
      g_value_init(value, G_TYPE_STRING);  // PyGObject raises what is no value
      return FALSE;
    }
    webrtcserver::give_control_value(control->spec, control->value, value);
    return TRUE;
  });
}

/**
 * gst_webrtc_server_controls_set_number:
 * @self: the controls
 * @name: of a number, or of an indicator that is one
 * @value: what it is to be worth
 * @error: return location for a #GError
 *
 * As gst_webrtc_server_controls_set_value().
 *
 * Returns: %FALSE with @error for a control that is not there, or a value that it does not take
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_set_number(GstWebRTCServerControls* self, const gchar* name,
                                               gdouble value, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name, FALSE);
  return attempt(error, [&] { store_of(self).set(name, value); });
}

/**
 * gst_webrtc_server_controls_get_number:
 * @self: the controls
 * @name: of a number, or of an indicator that is one
 *
 * What a number is worth now.
 *
 * Returns: the number, or NaN where there is none of this name
 *
 * Since: 0.1
 */
gdouble gst_webrtc_server_controls_get_number(GstWebRTCServerControls* self, const gchar* name) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name, kNone);
  return guard("reading a control", kNone, [&] {
    const auto control = store_of(self).find(name);
    const auto* number = control ? std::get_if<double>(&control->value) : nullptr;
    return number ? *number : kNone;
  });
}

/**
 * gst_webrtc_server_controls_set_text:
 * @self: the controls
 * @name: of a text or choice, or of an indicator that is one
 * @value: what it is to be worth
 * @error: return location for a #GError
 *
 * As gst_webrtc_server_controls_set_value().
 *
 * Returns: %FALSE with @error for a control that is not there, or a value that it does not take
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_controls_set_text(GstWebRTCServerControls* self, const gchar* name,
                                             const gchar* value, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name && value, FALSE);
  return attempt(error, [&] { store_of(self).set(name, std::string(value)); });
}

/**
 * gst_webrtc_server_controls_get_text:
 * @self: the controls
 * @name: of a text or choice, or of an indicator that is one
 *
 * What a text is worth now. A color is "#aarrggbb".
 *
 * Returns: (transfer full) (nullable): the text, or %NULL where there is none of this name
 *
 * Since: 0.1
 */
gchar* gst_webrtc_server_controls_get_text(GstWebRTCServerControls* self, const gchar* name) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_CONTROLS(self) && name, nullptr);
  return guard("reading a control", static_cast<gchar*>(nullptr), [&]() -> gchar* {
    const auto control = store_of(self).find(name);
    const auto* text = control ? std::get_if<std::string>(&control->value) : nullptr;
    return text ? g_strdup(text->c_str()) : nullptr;
  });
}
