// SPDX-License-Identifier: LGPL-2.1-or-later
// pipeline_host.cpp — a pipeline that a test steers from outside: gst-launch-1.0 with a standard
// input.
//
//   webrtcserver-pipeline-host 'videotestsrc is-live=true ! webrtcsink name=sink uri=…'
//
// Each line of standard input is a command, each line of standard output a JSON object: one
// {"reply":true,…} per command, in order, and {"event":"playing|eos|error|warning",…} whenever.
//
//   get ELEMENT.PROPERTY         {"reply":true,"value":…}
//   set ELEMENT.PROPERTY VALUE   as gst-launch-1.0 would
//   state playing|paused|ready|null
//   position                     of the pipeline, in ms
//   select SELECTOR.PAD          of an input-selector
//   log ELEMENT.PAD              what has reached a pad since it was asked for before; the first
//                                time, only begins (media_log.hpp)
//   navigated ELEMENT.PAD        the navigation events that have gone up through a pad since it was
//                                asked for before; the first time, only begins
//   say ELEMENT JSON             to all browsers of webrtcsink or webrtcsrc
//   heard ELEMENT                what its browsers have said since it was asked for before; the
//                                first time, only begins
//   eos                          the sources end
//   break FACTORY                the encoder of this kind that webrtcsink made last reports an
//   error quit                         also: standard input ends
//
// A command that cannot be obeyed gets {"reply":false,"message":…}.
#include <glib-unix.h>
#include <gst/gst.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/json.hpp"
#include "base/ref.hpp"
#include "base/structure_json.hpp"
#include "media_log.hpp"
#include "navigation_log.hpp"

namespace {

using webrtcserver::JsonWriter;
using webrtcserver::Owned;
using webrtcserver::Ref;
using webrtcserver::take_string;

void print(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

std::pair<std::string, std::string> split(const std::string& text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

// Lives on the main thread, save for what encoder-setup calls.
class PipelineHost {
 public:
  explicit PipelineHost(const std::string& description) {
    GError* error = nullptr;
    pipeline_ = Ref<GstElement>::sink(
        gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
    if (!pipeline_) throw std::runtime_error(Owned<GError>(error)->message);
    if (!GST_IS_PIPELINE(pipeline_.get()))
      throw std::runtime_error("This is a single element and no pipeline.");
    watch_encoders();
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    gst_bus_add_watch(bus.get(), on_message, this);
  }

  ~PipelineHost() {
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    gst_bus_remove_watch(bus.get());
    const std::scoped_lock lock(mutex_);
    for (auto& [factory, encoder] : encoders_) g_weak_ref_clear(&encoder);
  }

  PipelineHost(const PipelineHost&) = delete;
  PipelineHost& operator=(const PipelineHost&) = delete;

  void play() { gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING); }

  // Whether to go on.
  bool obey(const std::string& line) {
    const auto [verb, rest] = split(line, ' ');
    if (verb == "quit") return false;
    try {
      execute(verb, rest);
    } catch (const std::exception& error) {
      print(JsonWriter().begin().add("reply", false).add("message", error.what()).end().text());
    }
    return true;
  }

 private:
  struct Target {
    Ref<GstElement> element;
    std::string property;
  };

  void execute(const std::string& verb, const std::string& rest) {
    Owned<GstStructure> reply(gst_structure_new("reply", "reply", G_TYPE_BOOLEAN, TRUE, nullptr));
    if (verb == "get") {
      get(find(rest), reply.get());
    } else if (verb == "set") {
      const auto [name, value] = split(rest, ' ');
      const Target target = find(name);
      gst_util_set_object_arg(G_OBJECT(target.element.get()), target.property.c_str(),
                              value.c_str());
    } else if (verb == "state") {
      set_state(rest);
    } else if (verb == "position") {
      gint64 position = 0;
      gst_element_query_position(pipeline_.get(), GST_FORMAT_TIME, &position);
      gst_structure_set(reply.get(), "value", G_TYPE_INT64, position / GST_MSECOND, nullptr);
    } else if (verb == "select") {
      select(rest);
    } else if (verb == "log") {
      print("{\"reply\":true,\"value\":[" + log(logs_, rest) + "]}");
      return;
    } else if (verb == "navigated") {
      print("{\"reply\":true,\"value\":[" + log(navigations_, rest) + "]}");
      return;
    } else if (verb == "say") {
      const auto [name, json] = split(rest, ' ');
      gboolean sent = FALSE;
      g_signal_emit_by_name(find_element(name).get(), "send-message", nullptr, json.c_str(), &sent);
      if (!sent) throw std::runtime_error("The message was not sent.");
    } else if (verb == "heard") {
      print("{\"reply\":true,\"value\":[" + heard(rest) + "]}");
      return;
    } else if (verb == "eos") {
      gst_element_send_event(pipeline_.get(), gst_event_new_eos());
    } else if (verb == "break") {
      break_encoder(rest);
    } else {
      throw std::runtime_error("There is no command \"" + verb + "\".");
    }
    print(webrtcserver::to_json(reply.get()));
  }

  Ref<GstElement> find_element(const std::string& name) {
    auto element =
        Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name.c_str()));
    if (!element) throw std::runtime_error("There is no element \"" + name + "\".");
    return element;
  }

  // JSON values with commas between them.
  std::string heard(const std::string& name) {
    const auto element = find_element(name);
    const std::scoped_lock lock(mutex_);
    const auto [found, first] = heard_.try_emplace(name);
    if (first) {
      g_signal_connect(element.get(), "data-channel-message", G_CALLBACK(on_heard), this);
    }
    return std::exchange(found->second, {});
  }

  static void on_heard(GstElement* element, const gchar* /*session*/, const gchar* json,
                       PipelineHost* self) {
    const std::scoped_lock lock(self->mutex_);
    std::string& said = self->heard_[GST_OBJECT_NAME(element)];
    said += (said.empty() ? "" : ",") + std::string(json);
  }

  Target find(const std::string& text) {
    const auto [name, property] = split(text, '.');
    auto element = find_element(name);
    if (!g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), property.c_str()))
      throw std::runtime_error(name + " has no property \"" + property + "\".");
    return {std::move(element), property};
  }

  static void get(const Target& target, GstStructure* reply) {
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(target.element.get()), target.property.c_str(), &value);
    gst_structure_take_value(reply, "value", &value);
  }

  void set_state(const std::string& name) {
    const std::map<std::string, GstState> states = {{"playing", GST_STATE_PLAYING},
                                                    {"paused", GST_STATE_PAUSED},
                                                    {"ready", GST_STATE_READY},
                                                    {"null", GST_STATE_NULL}};
    const auto found = states.find(name);
    if (found == states.end()) throw std::runtime_error("There is no state \"" + name + "\".");
    if (gst_element_set_state(pipeline_.get(), found->second) == GST_STATE_CHANGE_FAILURE)
      throw std::runtime_error("The pipeline cannot become " + name + ".");
  }

  void select(const std::string& text) {
    const auto [name, pad_name] = split(text, '.');
    const auto selector =
        Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name.c_str()));
    const auto pad = Ref<GstPad>::adopt(
        selector ? gst_element_get_static_pad(selector.get(), pad_name.c_str()) : nullptr);
    if (!pad) throw std::runtime_error("There is no pad \"" + text + "\".");
    g_object_set(selector.get(), "active-pad", pad.get(), nullptr);
  }

  template <typename Log>
  std::string log(std::map<std::string, std::unique_ptr<Log>>& logs, const std::string& text) {
    auto found = logs.find(text);
    if (found == logs.end()) {
      const auto [name, pad_name] = split(text, '.');
      const auto element =
          Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name.c_str()));
      auto pad = Ref<GstPad>::adopt(
          element ? gst_element_get_static_pad(element.get(), pad_name.c_str()) : nullptr);
      if (!pad) throw std::runtime_error("There is no pad \"" + text + "\".");
      found = logs.emplace(text, std::make_unique<Log>(std::move(pad))).first;
    }
    return found->second->take();
  }

  void break_encoder(const std::string& factory) {
    Ref<GstElement> encoder;
    {
      const std::scoped_lock lock(mutex_);
      const auto found = encoders_.find(factory);
      if (found != encoders_.end())
        encoder = Ref<GstElement>::adopt(static_cast<GstElement*>(g_weak_ref_get(&found->second)));
    }
    if (!encoder) throw std::runtime_error("There is no " + factory + " at work.");
    GST_ELEMENT_ERROR(encoder.get(), STREAM, ENCODE, ("This encoder was told to fail."), (nullptr));
  }

  void watch_encoders() {
    GstIterator* elements = gst_bin_iterate_recurse(GST_BIN(pipeline_.get()));
    gst_iterator_foreach(
        elements,
        [](const GValue* item, gpointer host) {
          auto* element = G_OBJECT(g_value_get_object(item));
          if (g_signal_lookup("encoder-setup", G_OBJECT_TYPE(element)) != 0)
            g_signal_connect(element, "encoder-setup", G_CALLBACK(on_encoder), host);
        },
        this);
    gst_iterator_free(elements);
  }

  // On the thread that builds the encoder.
  static gboolean on_encoder(GstElement* /*sink*/, const gchar* /*session*/, const gchar* /*pad*/,
                             GstElement* encoder, gpointer data) {
    auto* host = static_cast<PipelineHost*>(data);
    const std::scoped_lock lock(host->mutex_);
    GWeakRef& kept =
        host->encoders_[GST_OBJECT_NAME(gst_element_get_factory(encoder))];  // zeroed when new
    g_weak_ref_set(&kept, encoder);
    return FALSE;
  }

  static void report(const char* event, GstMessage* message, GError* error, gchar* debug) {
    const Owned<GError> owned(error);
    print(JsonWriter()
              .begin()
              .add("event", event)
              .add("source", GST_MESSAGE_SRC_NAME(message))
              .add("message", owned->message)
              .add("debug", take_string(debug))
              .end()
              .text());
  }

  gboolean take(GstMessage* message) {
    GError* error = nullptr;
    gchar* debug = nullptr;
    switch (GST_MESSAGE_TYPE(message)) {
      case GST_MESSAGE_ERROR:
        gst_message_parse_error(message, &error, &debug);
        report("error", message, error, debug);
        break;
      case GST_MESSAGE_WARNING:
        gst_message_parse_warning(message, &error, &debug);
        report("warning", message, error, debug);
        break;
      case GST_MESSAGE_EOS:
        print(JsonWriter().begin().add("event", "eos").end().text());
        break;
      case GST_MESSAGE_STATE_CHANGED: {
        GstState state = GST_STATE_NULL;
        gst_message_parse_state_changed(message, nullptr, &state, nullptr);
        if (GST_MESSAGE_SRC(message) == GST_OBJECT(pipeline_.get()) && state == GST_STATE_PLAYING)
          print(JsonWriter().begin().add("event", "playing").end().text());
        break;
      }
      default:
        break;
    }
    return G_SOURCE_CONTINUE;
  }

  static gboolean on_message(GstBus* /*bus*/, GstMessage* message, gpointer host) {
    return static_cast<PipelineHost*>(host)->take(message);
  }

  Ref<GstElement> pipeline_;
  std::map<std::string, std::unique_ptr<MediaLog>> logs_;              // by element and pad
  std::map<std::string, std::unique_ptr<NavigationLog>> navigations_;  // likewise
  std::mutex mutex_;
  std::map<std::string, std::string> heard_;  // guarded by mutex_; by element
  std::map<std::string, GWeakRef> encoders_;  // by factory; guarded by mutex_
};

int run(const std::string& description) {
  // A test that is killed takes its pipelines along.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  PipelineHost host(description);
  host.play();
  const auto loop = Ref<GMainLoop>::adopt(g_main_loop_new(nullptr, FALSE));
  struct Input {
    PipelineHost* host;
    GMainLoop* loop;
    std::string text;
  } input{&host, loop.get(), {}};
  const auto on_input = [](gint descriptor, GIOCondition /*condition*/, gpointer data) -> gboolean {
    auto* self = static_cast<Input*>(data);
    char chunk[4096];
    const ssize_t count = read(descriptor, chunk, sizeof chunk);
    bool more = count > 0;
    if (more) self->text.append(chunk, static_cast<std::size_t>(count));
    for (auto end = self->text.find('\n'); more && end != std::string::npos;
         end = self->text.find('\n')) {
      more = self->host->obey(self->text.substr(0, end));
      self->text.erase(0, end + 1);
    }
    if (!more) g_main_loop_quit(self->loop);
    return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
  };
  g_unix_fd_add(STDIN_FILENO, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP), on_input, &input);
  g_main_loop_run(loop.get());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  int status = 2;
  try {
    if (argc != 2) throw std::runtime_error("One argument is needed: the pipeline.");
    status = run(argv[1]);
  } catch (const std::exception& error) {
    print(JsonWriter()
              .begin()
              .add("event", "error")
              .add("source", "gst-launch")
              .add("message", error.what())
              .end()
              .text());
  }
  // The leaks tracer speaks here.
  gst_deinit();
  return status;
}
