// SPDX-License-Identifier: LGPL-2.1-or-later
// A browser's camera, with boxes around the faces, back in the browser. The boxes are drawn into
// the picture or by browsers over it, and sent as JSON. See README.md.
#include <glib-unix.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <mutex>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <string>
#include <thread>
#include <vector>

namespace {

// Searches the newest picture on a thread of its own: one that is slow delays no picture.
class Detector {
 public:
  using Faces = std::vector<cv::Rect>;
  // `pts`: of the picture that they were found in.
  using Report = std::function<void(const Faces& faces, GstClockTime pts)>;

  Detector(cv::CascadeClassifier classifier, double scale, Report report)
      : classifier_(std::move(classifier)), scale_(scale), report_(std::move(report)) {}
  ~Detector() {
    {
      const std::scoped_lock lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void look_at(const cv::Mat& picture, GstClockTime pts) {
    cv::Mat grey;
    cv::Mat small;
    cv::cvtColor(picture, grey, cv::COLOR_BGRA2GRAY);
    cv::resize(grey, small, {}, scale_, scale_, cv::INTER_AREA);
    {
      const std::scoped_lock lock(mutex_);
      newest_ = small;
      pts_ = pts;
    }
    changed_.notify_all();
  }

  Faces faces() const {
    const std::scoped_lock lock(mutex_);
    return faces_;
  }

 private:
  void run() {
    while (true) {
      cv::Mat picture;
      GstClockTime pts = GST_CLOCK_TIME_NONE;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ended_ || !newest_.empty(); });
        if (ended_) return;
        picture = std::move(newest_);
        newest_ = cv::Mat();
        pts = pts_;
      }
      cv::equalizeHist(picture, picture);
      Faces faces;
      classifier_.detectMultiScale(picture, faces, 1.1, 5, 0, {24, 24});
      for (cv::Rect& face : faces) {
        face = {cvRound(face.x / scale_), cvRound(face.y / scale_), cvRound(face.width / scale_),
                cvRound(face.height / scale_)};
      }
      {
        const std::scoped_lock lock(mutex_);
        faces_ = faces;
      }
      report_(faces, pts);
    }
  }

  cv::CascadeClassifier classifier_;
  const double scale_;
  const Report report_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  cv::Mat newest_;      // guarded by mutex_
  GstClockTime pts_{};  // guarded by mutex_; of newest_
  Faces faces_;         // guarded by mutex_
  bool ended_ = false;  // guarded by mutex_
  std::thread thread_{[this] { run(); }};
};

struct Work {
  Detector* detector;
  bool draws;
};

// Searches the picture and, where browsers do not, draws what was found in the one before.
GstPadProbeReturn search(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  const auto* work = static_cast<Work*>(data);
  // Whoever decodes may still need its picture; ours is a copy where that is so.
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  GstCaps* caps = gst_pad_get_current_caps(pad);
  GstVideoInfo video;
  GstVideoFrame frame;
  if (gst_video_info_from_caps(&video, caps) &&
      gst_video_frame_map(&frame, &video, buffer, GST_MAP_READWRITE)) {
    cv::Mat picture(GST_VIDEO_FRAME_HEIGHT(&frame), GST_VIDEO_FRAME_WIDTH(&frame), CV_8UC4,
                    GST_VIDEO_FRAME_PLANE_DATA(&frame, 0),
                    static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0)));
    work->detector->look_at(picture, GST_BUFFER_PTS(buffer));
    if (work->draws) {
      for (const cv::Rect& face : work->detector->faces())
        cv::rectangle(picture, face, {0, 220, 0, 255}, 3);
    }
    gst_video_frame_unmap(&frame);
  }
  gst_caps_unref(caps);
  return GST_PAD_PROBE_OK;
}

std::string write(const Detector::Faces& faces) {
  std::string json = "[";
  for (const cv::Rect& face : faces) {
    gchar* text =
        g_strdup_printf(R"(%s{"type":"face","x":%d,"y":%d,"width":%d,"height":%d})",
                        json.back() == '[' ? "" : ",", face.x, face.y, face.width, face.height);
    json += text;
    g_free(text);
  }
  return json + "]";
}

// To all browsers at once.
void send(GstElement* sink, const Detector::Faces& faces) {
  gchar seconds[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd(seconds, sizeof seconds, "%.3f", static_cast<double>(g_get_real_time()) / 1e6);
  const std::string json = "{\"faces\":" + write(faces) + ",\"time\":" + seconds + "}";
  gboolean sent = FALSE;
  g_signal_emit_by_name(sink, "send-message", nullptr, json.c_str(), &sent);
}

// To each browser with the picture that they were found in, for it to draw.
void send_with_frame(GstElement* sink, const Detector::Faces& faces, GstClockTime pts) {
  const std::string json = "{\"regions\":" + write(faces) + "}";
  gboolean sent = FALSE;
  g_signal_emit_by_name(sink, "send-frame-metadata", "video_0", pts, json.c_str(), &sent);
}

void print_urls(const char* what, GstElement* element) {
  gchar** urls = nullptr;
  g_object_get(element, "urls", &urls, nullptr);
  gchar* text = urls ? g_strjoinv(", ", urls) : g_strdup("");
  std::printf("%s %s\n", what, text);
  std::fflush(stdout);
  g_free(text);
  g_strfreev(urls);
}

// Until the pipeline ends or the user ends it; what went wrong, or nothing.
std::string run(GstElement* pipeline) {
  GstBus* bus = gst_element_get_bus(pipeline);
  const auto quit = +[](gpointer data) -> gboolean {
    gst_bus_post(static_cast<GstBus*>(data), gst_message_new_eos(nullptr));
    return G_SOURCE_CONTINUE;
  };
  g_unix_signal_add(SIGINT, quit, bus);
  g_unix_signal_add(SIGTERM, quit, bus);
  constexpr auto kEnds = static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  GMainLoop* loop = g_main_loop_new(nullptr, FALSE);
  std::string failure;
  struct Context {
    GMainLoop* loop;
    std::string& failure;
  } context{loop, failure};
  gst_bus_add_watch(
      bus,
      [](GstBus*, GstMessage* message, gpointer data) -> gboolean {
        auto* target = static_cast<Context*>(data);
        if ((GST_MESSAGE_TYPE(message) & kEnds) == 0) return G_SOURCE_CONTINUE;
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
          GError* error = nullptr;
          gst_message_parse_error(message, &error, nullptr);
          target->failure = error->message;
          g_error_free(error);
        }
        g_main_loop_quit(target->loop);
        return G_SOURCE_CONTINUE;
      },
      &context);
  g_main_loop_run(loop);
  gst_bus_remove_watch(bus);
  g_main_loop_unref(loop);
  gst_object_unref(bus);
  return failure;
}

int fail(const std::string& message) {
  std::fprintf(stderr, "face_detect: %s\n", message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  gchar* uri_in = nullptr;
  gchar* uri_out = nullptr;
  gchar* cascade_path = nullptr;
  gchar* drawn_by = nullptr;
  double scale = 0.5;
  const GOptionEntry options[] = {
      {"uri-in", 0, 0, G_OPTION_ARG_STRING, &uri_in, "where the camera is sent to", "URI"},
      {"uri-out", 0, 0, G_OPTION_ARG_STRING, &uri_out, "where it is shown", "URI"},
      {"cascade", 0, 0, G_OPTION_ARG_FILENAME, &cascade_path,
       "the classifier; Debian has it in opencv-data", "FILE"},
      {"draw", 0, 0, G_OPTION_ARG_STRING, &drawn_by, "who draws the boxes: pipeline or browser",
       "WHO"},
      {"scale", 0, 0, G_OPTION_ARG_DOUBLE, &scale, "of the picture that is searched, up to 1",
       "FACTOR"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  GOptionContext* context = g_option_context_new("- boxes around the faces of a browser's camera");
  g_option_context_add_main_entries(context, options, nullptr);
  g_option_context_add_group(context, gst_init_get_option_group());
  GError* error = nullptr;
  if (!g_option_context_parse(context, &argc, &argv, &error)) return fail(error->message);
  g_option_context_free(context);

  const std::string cascade =
      cascade_path ? cascade_path
                   : "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";
  const std::string who = drawn_by ? drawn_by : "pipeline";
  if (who != "pipeline" && who != "browser") return fail("--draw must be pipeline or browser");
  const bool by_browser = who == "browser";
  if (!(scale >= 0.05 && scale <= 1)) return fail("--scale must be from 0.05 to 1");
  if (!std::filesystem::is_regular_file(cascade)) {
    return fail("there is no cascade at " + cascade +
                "; install opencv-data or name one with --cascade");
  }
  cv::CascadeClassifier classifier;
  if (!classifier.load(cascade)) return fail(cascade + " is no cascade that OpenCV can read");

  gchar* description = g_strdup_printf(
      "webrtcserversrc name=source uri=\"%s\" ! videoconvert "
      "! capsfilter name=picture caps=video/x-raw,format=BGRx ! videoconvert "
      "! webrtcserversink name=sink frame-metadata=%s uri=\"%s\"",
      uri_in ? uri_in : "webrtc://@:8554/input", by_browser ? "application" : "0",
      uri_out ? uri_out : "webrtc://@:8554/output");
  GstElement* pipeline = gst_parse_launch(description, &error);
  g_free(description);
  if (!pipeline) return fail(error->message);
  GstElement* source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
  GstElement* sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  GstElement* picture = gst_bin_get_by_name(GST_BIN(pipeline), "picture");
  if (!source || !sink || !picture) return fail(error ? error->message : "no pipeline");
  GstPad* pad = gst_element_get_static_pad(picture, "src");

  std::string failure;
  {
    Detector detector(std::move(classifier), scale,
                      [sink, by_browser](const Detector::Faces& faces, GstClockTime pts) {
                        send(sink, faces);
                        if (by_browser) send_with_frame(sink, faces, pts);
                      });
    Work work{&detector, !by_browser};
    const gulong probe = gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, search, &work, nullptr);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    print_urls("Send a camera to", source);
    print_urls("and watch", sink);
    failure = run(pipeline);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_pad_remove_probe(pad, probe);
  }
  gst_object_unref(pad);
  for (GstElement* element : {picture, sink, source, pipeline}) gst_object_unref(element);
  return failure.empty() ? 0 : fail(failure);
}
