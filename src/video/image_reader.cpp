// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/image_reader.hpp"

#include <gst/app/gstappsrc.h>

#include <memory>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "video/image_pattern.hpp"
#include "video/input_reader.hpp"

namespace webrtcserver {

namespace {

constexpr int kUsualRate = 30;  // frames per second

// On the appsrc's streaming thread, which asks for one image at a time.
class ImageList {
 public:
  ImageList(std::vector<std::string> paths, int numerator, int denominator)
      : paths_(std::move(paths)), numerator_(numerator), denominator_(denominator) {}

  void give_next(GstAppSrc* source) {
    if (next_ == paths_.size()) {
      gst_app_src_end_of_stream(source);
      return;
    }
    const std::string& path = paths_[next_];
    gchar* content = nullptr;
    gsize size = 0;
    GError* failure = nullptr;
    if (!g_file_get_contents(path.c_str(), &content, &size, &failure)) {
      const Owned<GError> owned(failure);
      GST_ELEMENT_ERROR(source, RESOURCE, READ, ("%s", owned->message), (nullptr));
      gst_app_src_end_of_stream(source);
      return;
    }
    GstBuffer* buffer = gst_buffer_new_wrapped(content, size);
    GST_BUFFER_PTS(buffer) = time_of(next_);
    GST_BUFFER_DURATION(buffer) = time_of(next_ + 1) - time_of(next_);
    ++next_;
    gst_app_src_push_buffer(source, buffer);
  }

 private:
  GstClockTime time_of(std::size_t index) const {
    return gst_util_uint64_scale(index, GST_SECOND * static_cast<guint64>(denominator_),
                                 static_cast<guint64>(numerator_));
  }

  const std::vector<std::string> paths_;
  const int numerator_;
  const int denominator_;
  std::size_t next_ = 0;
};

}  // namespace

Ref<GstElement> make_image_reader(const std::string& path, double rate) {
  auto paths = find_images(path);
  auto source = make_input_element("appsrc");
  int numerator = kUsualRate;
  int denominator = 1;
  if (rate > 0) gst_util_double_to_fraction(rate, &numerator, &denominator);
  const auto caps = Ref<GstCaps>::adopt(gst_caps_new_simple(
      image_type(paths.front()), "framerate", GST_TYPE_FRACTION, numerator, denominator, nullptr));
  g_object_set(source.get(), "caps", caps.get(), "format", GST_FORMAT_TIME, "max-bytes", guint64{1},
               nullptr);
  auto images = std::make_unique<ImageList>(std::move(paths), numerator, denominator);
  GstAppSrcCallbacks callbacks{};
  callbacks.need_data = [](GstAppSrc* appsrc, guint /*length*/, gpointer data) {
    guard("reading an image", [&] { static_cast<ImageList*>(data)->give_next(appsrc); });
  };
  gst_app_src_set_callbacks(GST_APP_SRC(source.get()), &callbacks, images.release(),
                            [](gpointer data) { delete static_cast<ImageList*>(data); });
  return source;
}

}  // namespace webrtcserver
