// SPDX-License-Identifier: LGPL-2.1-or-later
// detect.cpp — finds faces, people, or what a model was trained for, and draws a box around each:
// detect.py in C++. See README.md.
#include <gst/webrtcserver/controls.h>

#include <chrono>
#include <csignal>
#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <string>
#include <vector>
#include <webrtcserver/command_line.hpp>
#include <webrtcserver/video.hpp>

#include "detector.hpp"

namespace {

volatile std::sig_atomic_t is_to_end = 0;

struct Application {
  Detector::Settings detector;
  double threshold = 0.5;
};

Application read(const webrtcserver::CommandLine& line) {
  const auto value = [&line](const char* name, const std::string& usual) {
    const auto found = line.values.find(name);
    return found == line.values.end() ? usual : found->second;
  };
  Application application;
  Detector::Settings& detector = application.detector;
  detector.model = value("model", "");
  detector.labels = value("labels", "");
  detector.cascade = value("cascade", detector.cascade);
  detector.name = value("detector", detector.model.empty() ? "faces" : "model");
  const std::string threshold = value("threshold", "0.5");
  std::size_t read = 0;
  try {
    application.threshold = std::stod(threshold, &read);
  } catch (const std::exception&) {
    read = 0;
  }
  if (read != threshold.size() || !(application.threshold >= 0 && application.threshold <= 1))
    throw std::runtime_error("--threshold is from 0 to 1, not " + threshold);
  if (line.input.empty())
    throw std::runtime_error("an input is missing: /dev/video0, a file, webrtc://@:8554/input …");
  return application;
}

void draw(cv::Mat& picture, const std::vector<Object>& objects) {
  const cv::Scalar colour(0, 220, 0);
  for (const Object& object : objects) {
    cv::rectangle(picture, object.box, colour, 2);
    const int baseline = object.box.y >= 20 ? object.box.y - 6 : object.box.br().y + 16;
    cv::putText(picture, object.type, {object.box.x, baseline}, cv::FONT_HERSHEY_SIMPLEX, 0.5,
                colour, 1, cv::LINE_AA);
  }
}

// Searches on a thread of its own: a picture of a camera does not wait for it, and gets the boxes
// of one before; one of a film waits.
class Search {
 public:
  Search(std::unique_ptr<Detector> detector, bool waits)
      : detector_(std::move(detector)), waits_(waits) {}

  const std::vector<Object>& look_at(const cv::Mat& picture, double threshold) {
    using namespace std::chrono_literals;
    if (next_.valid() && next_.wait_for(0s) == std::future_status::ready) found_ = next_.get();
    if (!next_.valid()) {
      next_ = std::async(std::launch::async, [this, picture = picture.clone(), threshold] {
        return detector_->find(picture, threshold);
      });
    }
    if (waits_) found_ = next_.get();
    return found_;
  }

 private:
  std::unique_ptr<Detector> detector_;
  bool waits_;
  std::vector<Object> found_;
  std::future<std::vector<Object>> next_;  // Last: its end waits for the thread.
};

void run(const webrtcserver::CommandLine& line) {
  const Application application = read(line);
  auto detector = Detector::create(application.detector);
  webrtcserver::VideoOptions options = line.options;
  options.format = "BGR";
  auto source = webrtcserver::VideoSource::create(line.input, options);
  source->open();
  options.wait = !source->is_live();
  auto outputs = line.outputs;
  if (outputs.empty()) outputs.emplace_back("webrtc://@:8554/output");
  auto output = webrtcserver::VideoOutput::create(outputs, options);

  const std::unique_ptr<GstWebRTCServerControls, decltype(&g_object_unref)> controls(
      gst_webrtc_server_controls_new(), g_object_unref);
  gst_webrtc_server_controls_add_number(controls.get(), "threshold", "Threshold",
                                        application.threshold, 0, 1, 0.01, nullptr);
  output->set_controls(controls.get());
  output->open();
  for (const std::string& uri : output->uris()) std::cerr << "Watch " << uri << std::endl;

  Search search(std::move(detector), !source->is_live());
  while (source->is_streaming() && !is_to_end) {
    auto image = source->capture(std::chrono::milliseconds(250));
    if (!image) continue;
    cv::Mat picture(image->height(), image->width(), CV_8UC3, image->mutable_data(),
                    static_cast<std::size_t>(image->stride()));
    draw(picture, search.look_at(
                      picture, gst_webrtc_server_controls_get_number(controls.get(), "threshold")));
    output->render(*image);
  }
  // It says whether a file could be finished.
  output->close();
}

}  // namespace

int main(int argc, char** argv) {
  for (const int number : {SIGINT, SIGTERM}) {
    std::signal(number, [](int again) {
      is_to_end = 1;
      // What does not come to an end is ended by a second one.
      std::signal(again, SIG_DFL);
    });
  }
  try {
    const auto line = webrtcserver::CommandLine::parse(
        argc, argv,
        {{"detector", "NAME", "faces, people, or model"},
         {"cascade", "FILE", "for faces: a cascade that OpenCV can read"},
         {"model", "FILE", "an ONNX file: YOLOv5 to YOLOv8, for pictures of 640×640"},
         {"labels", "FILE", "what its classes are called, one a line"},
         {"threshold", "NUMBER", "of confidence, from 0 to 1 (0.5)"}});
    if (line.help) {
      std::cout << line.usage();
    } else {
      run(line);
    }
  } catch (const std::exception& error) {
    std::cerr << "detect: " << error.what() << std::endl;
    return 1;
  }
  return 0;
}
