// SPDX-License-Identifier: LGPL-2.1-or-later
// element_chain.hpp — a pipeline of its own with elements in one row.
// It is an island: it shares nothing with the pipeline its buffers come from or go to but the
// clock. Its base time is zero, so that running time is clock time and survives whatever the others
// do. Built, started and stopped on a worker.
#pragma once

#include <functional>
#include <string>

#include "base/ref.hpp"

namespace webrtcserver {

class ElementChain {
 public:
  explicit ElementChain(const std::string& name);
  ~ElementChain();
  ElementChain(const ElementChain&) = delete;
  ElementChain& operator=(const ElementChain&) = delete;

  // Each appends to the row and throws Error(kNoEncoder) when that does not work. What they return
  // belongs to the pipeline.
  GstElement* add(const char* factory, const char* name);
  GstElement* add_filter(const Ref<GstCaps>& caps, const char* name);
  GstElement* add_description(const std::string& description, const char* name);

  // Every message, on the thread that posts it. Nobody reads the bus.
  void watch(std::function<void(GstMessage*)> handler);

  bool start(const Ref<GstClock>& clock);  // null: the system's
  void stop();                             // returns when its threads have ended

  GstElement* pipeline() const { return pipeline_.get(); }

 private:
  void append(const Ref<GstElement>& element, const char* name);

  const std::string name_;
  const Ref<GstElement> pipeline_;
  GstElement* last_ = nullptr;  // owned by pipeline_
  std::function<void(GstMessage*)> handler_;
};

// The words of an error or a warning, with the element's name.
std::string describe_error(GstMessage* message);

}  // namespace webrtcserver
