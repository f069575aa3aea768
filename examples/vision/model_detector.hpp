// SPDX-License-Identifier: LGPL-2.1-or-later
// model_detector.hpp — YOLO from an ONNX file, run by cv::dnn.
#pragma once

#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

#include "detector.hpp"

class ModelDetector final : public Detector {
 public:
  // Throws std::runtime_error where the file is no such model, or has other classes than the
  // labels.
  ModelDetector(const std::string& path, const std::string& labels);

  std::vector<Object> find(const cv::Mat& picture, double threshold) override;

 private:
  // One row for each box: middle, width, height, scores.
  cv::Mat run(const cv::Mat& blob);
  std::string label(int number) const;

  std::string path_;
  cv::dnn::Net network_;
  bool says_whether_ = false;  // YOLOv5: a row says whether there is something, ahead of what
  std::vector<std::string> labels_;
};
