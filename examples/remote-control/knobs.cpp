// SPDX-License-Identifier: LGPL-2.1-or-later
#include "knobs.hpp"

#include <utility>

#include "holoviz.hpp"

Knobs::Knobs(Scene& scene) : scene_(scene), controls_(gst_webrtc_server_controls_new()) {
  constexpr const char* kText = "Text";
  constexpr double kSpeed = 50;
  GValue none = G_VALUE_INIT;
  g_value_init(&none, G_TYPE_DOUBLE);
  gst_webrtc_server_controls_add_text(controls_, "text", "Text", kText, Holoviz::kMaxText, nullptr);
  gst_webrtc_server_controls_add_number(controls_, "speed", "Speed", kSpeed, 0, Scene::kMaxSpeed, 1,
                                        nullptr);
  gst_webrtc_server_controls_add_indicator(controls_, "bounces", "Bounces", &none, nullptr);
  gst_webrtc_server_controls_add_action(controls_, "reset", "Reset", nullptr);
  scene.set_text(kText);
  scene.set_speed(kSpeed);

  const auto on_text = +[](GstWebRTCServerControls*, const gchar*, const GValue* value,
                           const gchar*, Scene* it) { it->set_text(g_value_get_string(value)); };
  const auto on_speed = +[](GstWebRTCServerControls*, const gchar*, const GValue* value,
                            const gchar*, Scene* it) { it->set_speed(g_value_get_double(value)); };
  const auto on_reset =
      +[](GstWebRTCServerControls*, const gchar*, const gchar*, Scene* it) { it->reset(); };
  g_signal_connect(controls_, "changed::text", G_CALLBACK(on_text), &scene);
  g_signal_connect(controls_, "changed::speed", G_CALLBACK(on_speed), &scene);
  g_signal_connect(controls_, "activated::reset", G_CALLBACK(on_reset), &scene);
}

Knobs::~Knobs() {
  g_signal_handlers_disconnect_by_data(controls_, &scene_);
  g_object_unref(controls_);
}

void Knobs::set(const std::string& text, double speed) {
  scene_.set_text(text);
  scene_.set_speed(speed);
  gst_webrtc_server_controls_set_text(controls_, "text", text.c_str(), nullptr);
  gst_webrtc_server_controls_set_number(controls_, "speed", speed, nullptr);
}

void Knobs::tell_bounces() {
  const std::uint64_t bounces = scene_.state().bounces;
  if (std::exchange(told_, bounces) == bounces) return;
  gst_webrtc_server_controls_set_number(controls_, "bounces", static_cast<double>(bounces),
                                        nullptr);
}
