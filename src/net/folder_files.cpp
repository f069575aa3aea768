// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/folder_files.hpp"

#include <fcntl.h>
#include <glib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "net/byte_range.hpp"
#include "net/content_type.hpp"
#include "net/entity_tag.hpp"

namespace webrtcserver {

namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  explicit operator bool() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

File open_folder(const std::string& path) {
  return File(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

// Segment by segment, so that nobody can put a link in between a check and its use.
File open_below(const std::string& folder, const std::vector<std::string>& segments) {
  File at = open_folder(folder);
  for (std::size_t i = 0; at && i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    // Not to wait for the other end of a pipe.
    const int flags = last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
    at = File(openat(at.get(), segments[i].c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
  }
  return at;
}

// Nothing for a path that has something in it which is not served.
std::optional<std::vector<std::string>> split(std::string_view path) {
  std::vector<std::string> segments;
  const bool folder = path.empty() || path.back() == '/';
  if (!path.empty() && folder) {
    path.remove_suffix(1);
    if (path.empty() || path.back() == '/') return {};
  }
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto segment = path.substr(0, slash);
    if (segment.empty() || segment.front() == '.') return {};
    segments.emplace_back(segment);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  if (folder) segments.emplace_back("index.html");
  return segments;
}

std::string escape(const std::string& text) {
  return take_string(g_uri_escape_string(text.c_str(), nullptr, FALSE));
}

HttpResponse not_found() {
  return HttpResponse::problem(404, "There is no such file.");
}

std::string entity_tag_of(const struct stat& status) {
  const auto nanoseconds = static_cast<std::uint64_t>(status.st_mtim.tv_sec) * 1'000'000'000U +
                           static_cast<std::uint64_t>(status.st_mtim.tv_nsec);
  return "\"" +
         take_string(g_strdup_printf("%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER
                                     "x-%" G_GINT64_MODIFIER "x",
                                     nanoseconds, static_cast<std::uint64_t>(status.st_size),
                                     static_cast<std::uint64_t>(status.st_ino))) +
         "\"";
}

// A piece of a file in memory, counted while somebody has it.
struct Piece {
  Piece(std::size_t size, std::shared_ptr<std::atomic<std::size_t>> counter)
      : bytes(size), waiting(std::move(counter)) {}
  ~Piece() { *waiting -= bytes.size(); }
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;

  std::vector<char> bytes;
  const std::shared_ptr<std::atomic<std::size_t>> waiting;
};

Ref<GBytes> bytes_of(std::unique_ptr<Piece> piece) {
  Piece* const owned = piece.release();
  return Ref<GBytes>::adopt(g_bytes_new_with_free_func(
      owned->bytes.data(), owned->bytes.size(),
      [](gpointer data) { const std::unique_ptr<Piece> last(static_cast<Piece*>(data)); }, owned));
}

bool read_all(int descriptor, std::vector<char>& bytes, std::uint64_t from) {
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count =
        pread(descriptor, bytes.data() + got, bytes.size() - got, static_cast<off_t>(from + got));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    got += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

HttpResponse to_folder(const HttpRequest& request) {
  std::string location = "./" + escape(request.path.substr(request.path.rfind('/') + 1)) + "/";
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    location += separator + escape(name) + "=" + escape(value);
    separator = '&';
  }
  HttpResponse response;
  response.status = 301;
  return response.with("Location", location);
}

FolderFiles::FolderFiles(std::string folder) : folder_(std::move(folder)) {
  if (open_folder(folder_)) return;
  throw Error(ErrorCode::kFailed,
              "The folder “" + folder_ + "” cannot be served: " + g_strerror(errno) + ".");
}

HttpResponse FolderFiles::serve(const HttpRequest& request, std::string_view path) const {
  const auto segments = split(path);
  if (!segments) return not_found();
  const File file = open_below(folder_, *segments);
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0) return not_found();
  if (S_ISDIR(status.st_mode)) return to_folder(request);
  if (!S_ISREG(status.st_mode)) return not_found();

  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::string tag = entity_tag_of(status);
  HttpResponse response;
  response.content_type = content_type_of(segments->back());
  response.with("ETag", tag).with("Cache-Control", "no-cache").with("Accept-Ranges", "bytes");
  if (const auto known = request.header("if-none-match"); known && names_entity_tag(*known, tag)) {
    response.status = 304;
    return response;
  }
  if (request.method == "HEAD") {
    response.body = Ref<GBytes>::adopt(g_bytes_new(nullptr, 0));
    return response.with("Content-Length", std::to_string(size));
  }
  // A part of what the client has the rest of already, or all of what it has not.
  const auto if_range = request.header("if-range");
  const auto range_header = if_range && *if_range != tag ? std::nullopt : request.header("range");
  ByteRange range = read_byte_range(range_header, size);
  if (range.kind == ByteRange::Kind::kNone) {
    return HttpResponse::problem(416, "The file ends before that.")
        .with("Content-Range", "bytes */" + std::to_string(size));
  }
  if (range.kind == ByteRange::Kind::kAll) {
    if (size > kMaxWhole) {
      return HttpResponse::problem(
          403, "The file has " + std::to_string(size) + " bytes; one of more than " +
                   std::to_string(kMaxWhole) + " is sent in parts, to who asks for them (Range).");
    }
    range.last = size - 1;  // not used for one that is empty
  } else {
    // Fewer than were asked for are allowed: whoever wants more asks for the next.
    range.last = std::min(range.last, range.first + kMaxPart - 1);
    response.status = 206;
    response.with("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                       std::to_string(range.last) + "/" + std::to_string(size));
  }
  const std::size_t length = size == 0 ? 0 : range.last - range.first + 1;
  if (waiting_->fetch_add(length) + length > kMaxWaiting) {
    *waiting_ -= length;
    return HttpResponse::problem(503, "Too much is being sent already.").with("Retry-After", "2");
  }
  auto piece = std::make_unique<Piece>(length, waiting_);
  if (!read_all(file.get(), piece->bytes, range.first))
    return HttpResponse::problem(503, "The file is changing.").with("Retry-After", "2");
  response.body = bytes_of(std::move(piece));
  return response;
}

}  // namespace webrtcserver
