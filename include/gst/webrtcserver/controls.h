/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTC_SERVER_CONTROLS (gst_webrtc_server_controls_get_type())

GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerControls, gst_webrtc_server_controls, GST_WEBRTC_SERVER,
                     CONTROLS, GObject)

GST_WEBRTC_SERVER_API
GstWebRTCServerControls* gst_webrtc_server_controls_new(void);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_add_text(GstWebRTCServerControls* self, const gchar* name,
                                             const gchar* label, const gchar* value,
                                             guint max_length, GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_add_number(GstWebRTCServerControls* self, const gchar* name,
                                               const gchar* label, gdouble value, gdouble min,
                                               gdouble max, gdouble step, GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_add_toggle(GstWebRTCServerControls* self, const gchar* name,
                                               const gchar* label, gboolean value, GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_add_choice(GstWebRTCServerControls* self, const gchar* name,
                                               const gchar* label, const gchar* value,
                                               const gchar* const* choices, GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_add_color(GstWebRTCServerControls* self, const gchar* name,
                                              const gchar* label, guint argb, GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_add_indicator(GstWebRTCServerControls* self, const gchar* name,
                                                  const gchar* label, const GValue* value,
                                                  GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_add_action(GstWebRTCServerControls* self, const gchar* name,
                                               const gchar* label, GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_remove(GstWebRTCServerControls* self, const gchar* name);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_set_value(GstWebRTCServerControls* self, const gchar* name,
                                              const GValue* value, GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_get_value(GstWebRTCServerControls* self, const gchar* name,
                                              GValue* value);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_set_number(GstWebRTCServerControls* self, const gchar* name,
                                               gdouble value, GError** error);

GST_WEBRTC_SERVER_API
gdouble gst_webrtc_server_controls_get_number(GstWebRTCServerControls* self, const gchar* name);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_controls_set_text(GstWebRTCServerControls* self, const gchar* name,
                                             const gchar* value, GError** error);

GST_WEBRTC_SERVER_API
gchar* gst_webrtc_server_controls_get_text(GstWebRTCServerControls* self, const gchar* name);

G_END_DECLS
