// SPDX-License-Identifier: LGPL-2.1-or-later
#include "detector.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <stdexcept>

#include "model_detector.hpp"

namespace {

constexpr int kLongestSide = 640;  // pixels of what is searched: larger pictures only take longer
const cv::Size kPerson(64, 128);   // the window of the classifier for people

// What a classifier calls its score has no bounds; 0 is its own boundary.
double confidence(double score) {
  return 1 / (1 + std::exp(-score));
}

std::vector<Object> objects(const char* type, const std::vector<cv::Rect>& boxes,
                            const std::vector<double>& scores, double scale, double threshold,
                            const cv::Size& size) {
  std::vector<Object> found;
  for (std::size_t i = 0; i < boxes.size() && i < scores.size(); ++i) {
    if (confidence(scores[i]) < threshold) continue;
    const auto scaled = [scale](int value) { return static_cast<int>(std::lround(value * scale)); };
    const cv::Rect box(scaled(boxes[i].x), scaled(boxes[i].y), scaled(boxes[i].width),
                       scaled(boxes[i].height));
    found.push_back({type, confidence(scores[i]), box & cv::Rect({}, size)});
  }
  return found;
}

// Grey, and no larger than is worth searching. Returns what its pixels are to be multiplied with.
double reduce(const cv::Mat& picture, cv::Mat& grey) {
  cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
  const double scale = std::max({picture.cols, picture.rows, kLongestSide}) / double{kLongestSide};
  if (scale > 1) cv::resize(grey, grey, {}, 1 / scale, 1 / scale, cv::INTER_AREA);
  return scale;
}

class Faces final : public Detector {
 public:
  explicit Faces(const std::string& cascade) {
    if (!std::ifstream(cascade))
      throw std::runtime_error("there is no cascade at " + cascade +
                               "; install opencv-data or name one with --cascade");
    bool loaded = false;
    // What is no XML is thrown; what is no cascade is an empty one.
    try {
      loaded = classifier_.load(cascade);
    } catch (const cv::Exception&) {
      loaded = false;
    }
    if (!loaded) throw std::runtime_error(cascade + " is no cascade that OpenCV can read");
  }

  std::vector<Object> find(const cv::Mat& picture, double threshold) override {
    cv::Mat grey;
    const double scale = reduce(picture, grey);
    cv::equalizeHist(grey, grey);
    std::vector<cv::Rect> boxes;
    std::vector<int> levels;
    std::vector<double> scores;
    classifier_.detectMultiScale(grey, boxes, levels, scores, 1.1, 5, 0, {24, 24}, {}, true);
    return objects("face", boxes, scores, scale, threshold, picture.size());
  }

 private:
  cv::CascadeClassifier classifier_;
};

class People final : public Detector {
 public:
  People() { classifier_.setSVMDetector(cv::HOGDescriptor::getDefaultPeopleDetector()); }

  std::vector<Object> find(const cv::Mat& picture, double threshold) override {
    cv::Mat grey;
    const double scale = reduce(picture, grey);
    // OpenCV calls it an error.
    if (grey.cols < kPerson.width || grey.rows < kPerson.height) return {};
    std::vector<cv::Rect> boxes;
    std::vector<double> scores;
    classifier_.detectMultiScale(grey, boxes, scores, 0, {8, 8}, {16, 16}, 1.05, 2);
    return objects("person", boxes, scores, scale, threshold, picture.size());
  }

 private:
  cv::HOGDescriptor classifier_;
};

}  // namespace

std::unique_ptr<Detector> Detector::create(const Settings& settings) {
  if (settings.name == "faces") return std::make_unique<Faces>(settings.cascade);
  if (settings.name == "people") return std::make_unique<People>();
  if (settings.name == "model" && !settings.model.empty())
    return std::make_unique<ModelDetector>(settings.model, settings.labels);
  throw std::runtime_error("there is no detector " + settings.name +
                           "; there are faces, people, and model with --model=FILE");
}
