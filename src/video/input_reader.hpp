// SPDX-License-Identifier: LGPL-2.1-or-later
// input_reader.hpp — the elements that read each kind of address. Built on the thread that opens
// the input; a camera is asked what it has.
#pragma once

#include <initializer_list>

#include "base/ref.hpp"
#include "video/location.hpp"
#include "video/options.hpp"

namespace webrtcserver {

struct InputReader {
  Ref<GstElement> element;  // its pads, there already or to come, are what is read
  Ref<GstElement> handle;   // the element that an application may want to steer
};

struct InputTraits {
  bool live;        // frames come when they come, and are late when they wait
  bool chooses;     // the element decodes or not, as what follows it wants
  bool shows_late;  // whether it can be read shows with the first frame
  bool repeats;     // can be read again from its beginning
  bool scales;      // input-width and so on choose among what the device has
};

const InputTraits& traits_of(LocationKind input);
bool is_pipe(const Location& input);  // a path that is a named pipe, as of a shell's <(…)

// What can be known without opening: that files, devices and elements are there, and options do not
// contradict. Throws Error.
void check_input(const Location& input, const VideoOptions& options);

// Throws Error.
InputReader make_reader(const Location& input, const VideoOptions& options);

// For those that make readers. The element, or Error(kFailed) that names what is missing.
Ref<GstElement> make_input_element(const char* factory);
Ref<GstElement> make_caps_filter(const Ref<GstCaps>& caps);
// Elements in a row, as one that has the last one's pad; the first is the handle.
InputReader reader_of(std::initializer_list<Ref<GstElement>> elements);
// input-width, input-height and input-rate, as far as they are set.
void add_size(GstCaps* caps, const VideoOptions& options);

}  // namespace webrtcserver
