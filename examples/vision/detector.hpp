// SPDX-License-Identifier: LGPL-2.1-or-later
// detector.hpp — finds faces, people, or what a model was trained for, in a picture of OpenCV's.
// One thread at a time.
#pragma once

#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

struct Object {
  std::string type;
  double confidence = 0;  // 0 to 1
  cv::Rect box;           // pixels
};

class Detector {
 public:
  struct Settings {
    std::string name = "faces";  // "faces", "people" or "model"
    std::string cascade = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";
    std::string model;   // ONNX: YOLOv5 to YOLOv8
    std::string labels;  // file with the name of a class in each line; empty: they have numbers
  };

  // Throws std::runtime_error, in words, where there is no such detector or its files cannot be
  // used.
  static std::unique_ptr<Detector> create(const Settings& settings);

  virtual ~Detector() = default;
  // The objects of a BGR picture that are at least as sure as the threshold.
  virtual std::vector<Object> find(const cv::Mat& picture, double threshold) = 0;
};
