// SPDX-License-Identifier: LGPL-2.1-or-later
// addresses.hpp — what has to be known of an input or output before it is opened: which are files,
// and that none is written which is read. Plain functions.
#pragma once

#include <string>
#include <vector>

// The file, folder or pattern of files that an address names; empty where it is none.
std::string file_of(const std::string& address);

// Everything before "://", in lower case; empty for a path.
std::string scheme_of(const std::string& address);

// What a browser opens to see a stream of ours, which webrtc(s):// names: where that is on every
// interface, by the name of this machine.
std::string page_of(const std::string& address);

struct Written {
  std::string what;     // "the output", "--output-save": for the sentence
  std::string address;  // or a path
};

// Throws std::runtime_error when a file would be written that is `input`, by whatever name or link,
// or one of the images that `input` stands for; or when two would be written into one.
void check_files(const std::string& input, const std::vector<Written>& written);
