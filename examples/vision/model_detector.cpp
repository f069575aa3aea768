// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model_detector.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace {

constexpr int kSide = 640;      // pixels of the network's picture, which is a square
constexpr float kSame = 0.45F;  // overlap from which two boxes of a class are one object

std::vector<std::string> read_labels(const std::string& path) {
  std::vector<std::string> labels;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) labels.push_back(line);
  }
  if (labels.empty())
    throw std::runtime_error("there are no labels in " + path + "; one a line is expected");
  return labels;
}

}  // namespace

ModelDetector::ModelDetector(const std::string& path, const std::string& labels) : path_(path) {
  if (!std::ifstream(path)) throw std::runtime_error("the model " + path + " cannot be read");
  try {
    network_ = cv::dnn::readNetFromONNX(path);
  } catch (const cv::Exception& error) {
    throw std::runtime_error("OpenCV cannot load " + path + ": " + error.err);
  }
  const int columns = run(cv::Mat(std::vector<int>{1, 3, kSide, kSide}, CV_32F, 0.0)).cols;
  if (!labels.empty()) labels_ = read_labels(labels);
  const int classes = columns - (says_whether_ ? 5 : 4);
  if (!labels_.empty() && labels_.size() != static_cast<std::size_t>(classes))
    throw std::runtime_error(path + " knows " + std::to_string(classes) + " classes, and " +
                             labels + " names " + std::to_string(labels_.size()));
}

cv::Mat ModelDetector::run(const cv::Mat& blob) {
  cv::Mat output;
  try {
    network_.setInput(blob);
    output = network_.forward();
  } catch (const cv::Exception& error) {
    throw std::runtime_error("OpenCV cannot run " + path_ +
                             " with a picture of 640×640: " + error.err);
  }
  // There are more boxes than things to say about each.
  says_whether_ = output.dims == 3 && output.size[1] > output.size[2];
  const int least = says_whether_ ? 6 : 5;  // a box, whether there is one, and one class
  if (output.dims != 3 || output.size[0] != 1 || std::min(output.size[1], output.size[2]) < least)
    throw std::runtime_error("the output of " + path_ + " is none of YOLO's");
  const cv::Mat rows(output.size[1], output.size[2], CV_32F, output.data);
  return says_whether_ ? rows.clone() : cv::Mat(rows.t());
}

std::string ModelDetector::label(int number) const {
  const auto index = static_cast<std::size_t>(number);
  return index < labels_.size() ? labels_[index] : "class " + std::to_string(number);
}

std::vector<Object> ModelDetector::find(const cv::Mat& picture, double threshold) {
  // The picture in the upper left, with grey beside or below.
  const double scale = double{kSide} / std::max(picture.cols, picture.rows);
  cv::Mat fitted(kSide, kSide, CV_8UC3, cv::Scalar::all(114));
  cv::Mat part = fitted(cv::Rect(0, 0, std::max(1, static_cast<int>(picture.cols * scale)),
                                 std::max(1, static_cast<int>(picture.rows * scale))));
  cv::resize(picture, part, part.size(), 0, 0, cv::INTER_AREA);
  const cv::Mat rows = run(cv::dnn::blobFromImage(fitted, 1 / 255.0, {}, {}, true));

  std::vector<Object> found;
  std::vector<cv::Rect2d> apart;
  std::vector<float> scores;
  const int first = says_whether_ ? 5 : 4;
  for (int i = 0; i < rows.rows; ++i) {
    const auto* row = rows.ptr<float>(i);
    const float* best = std::max_element(row + first, row + rows.cols);
    const float score = *best * (says_whether_ ? row[4] : 1.0F);
    // A network may say anything, what is no number included.
    const auto finite = [](float value) { return std::isfinite(value); };
    if (!std::all_of(row, row + 4, finite) || !(score >= threshold)) continue;
    const cv::Rect2d box((row[0] - row[2] / 2) / scale, (row[1] - row[3] / 2) / scale,
                         row[2] / scale, row[3] / scale);
    const cv::Rect2d inside = box & cv::Rect2d(0, 0, picture.cols, picture.rows);
    if (inside.width < 1 || inside.height < 1) continue;
    const int number = static_cast<int>(best - row) - first;
    found.push_back({label(number), std::min<double>(score, 1), cv::Rect(inside)});
    // Those of different classes do not suppress each other.
    apart.push_back(inside + cv::Point2d(1e5 * number, 0));
    scores.push_back(score);
  }
  std::vector<int> kept;
  cv::dnn::NMSBoxes(apart, scores, 0, kSame, kept);
  std::vector<Object> objects;
  for (const int index : kept) objects.push_back(found[static_cast<std::size_t>(index)]);
  return objects;
}
