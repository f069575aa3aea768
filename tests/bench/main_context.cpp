// SPDX-License-Identifier: LGPL-2.1-or-later
#include "main_context.hpp"

#include <glib-unix.h>
#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <utility>

namespace webrtcserver::bench {

namespace {

// The one way the program ends, and its exit status.
struct Ending {
  Ref<GMainLoop> loop = Ref<GMainLoop>::adopt(g_main_loop_new(nullptr, FALSE));
  int status = 0;
};

gboolean on_bus_message(GstBus* /*bus*/, GstMessage* message, gpointer data) {
  auto* ending = static_cast<Ending*>(data);
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR) return G_SOURCE_CONTINUE;
  GError* error = nullptr;
  gchar* debug = nullptr;
  gst_message_parse_error(message, &error, &debug);
  std::fprintf(stderr, "%s: %s\n%s\n", GST_MESSAGE_SRC_NAME(message), Owned<GError>(error)->message,
               take_string(debug).c_str());
  ending->status = 1;
  g_main_loop_quit(ending->loop.get());
  return G_SOURCE_CONTINUE;
}

gboolean on_signal(gpointer data) {
  g_main_loop_quit(static_cast<Ending*>(data)->loop.get());
  return G_SOURCE_CONTINUE;
}

}  // namespace

void post(std::function<void()> task) {
  g_main_context_invoke_full(
      nullptr, G_PRIORITY_DEFAULT,
      [](gpointer data) -> gboolean {
        (*static_cast<std::function<void()>*>(data))();
        return G_SOURCE_REMOVE;
      },
      new std::function<void()>(std::move(task)),
      [](gpointer data) { delete static_cast<std::function<void()>*>(data); });
}

int play(const Ref<GstElement>& pipeline, const std::function<void()>& on_playing) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  Ending ending;
  g_unix_signal_add(SIGINT, on_signal, &ending);
  g_unix_signal_add(SIGTERM, on_signal, &ending);
  auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  gst_bus_add_watch(bus.get(), on_bus_message, &ending);

  // A failure is on the bus too, with its reason.
  if (gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    on_playing();
  g_main_loop_run(ending.loop.get());
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  gst_bus_remove_watch(bus.get());
  return ending.status;
}

}  // namespace webrtcserver::bench
