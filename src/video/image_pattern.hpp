// SPDX-License-Identifier: LGPL-2.1-or-later
// image_pattern.hpp — numbered images and those of a folder: img_%04d.jpg, photos/, photos/*.png
// Usable on any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webrtcserver {

// .jpg .jpeg .png, in any case.
bool has_image_extension(std::string_view path);
// "image/jpeg", "image/png"; null for a path of another extension.
const char* image_type(std::string_view path);

// How many numbers (%d, %4d, %04d) the path asks for.
int count_conversions(std::string_view path);
bool has_wildcard(std::string_view path);  // * or ?

// The path with `index` in the place of its number. A path without one stays as it is.
std::string numbered_path(std::string_view pattern, unsigned long index);

// A path as file:// has it, unescaped. The % of a number of images stays.
std::string unescape_path(std::string_view text);

// The images that `path` stands for, in the order in which people count: a file, numbered files,
// those of a folder or of a wildcard in the last part. Throws Error when there are none, or when
// they are of several types.
std::vector<std::string> find_images(const std::string& path);

}  // namespace webrtcserver
