// SPDX-License-Identifier: LGPL-2.1-or-later
// ref.hpp — ownership of GObjects, GStreamer mini objects and boxed values, named as in
// introspection. Usable on any thread; the counts underneath are atomic.
#pragma once

#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace webrtcserver {

namespace detail {

template <typename T>
inline constexpr bool kIsMiniObject =
    std::is_same_v<T, GstBuffer> || std::is_same_v<T, GstBufferList> ||
    std::is_same_v<T, GstCaps> || std::is_same_v<T, GstEvent> || std::is_same_v<T, GstMessage> ||
    std::is_same_v<T, GstSample> || std::is_same_v<T, GstQuery> || std::is_same_v<T, GstPromise> ||
    std::is_same_v<T, GstMemory> || std::is_same_v<T, GstContext>;

template <typename T>
struct RefTraits {
  static void ref(T* object) {
    if constexpr (kIsMiniObject<T>) {
      gst_mini_object_ref(GST_MINI_OBJECT_CAST(object));
    } else {
      g_object_ref(object);
    }
  }
  static void unref(T* object) {
    if constexpr (kIsMiniObject<T>) {
      gst_mini_object_unref(GST_MINI_OBJECT_CAST(object));
    } else {
      g_object_unref(object);
    }
  }
};

template <>
struct RefTraits<GMainContext> {
  static void ref(GMainContext* context) { g_main_context_ref(context); }
  static void unref(GMainContext* context) { g_main_context_unref(context); }
};

template <>
struct RefTraits<GMainLoop> {
  static void ref(GMainLoop* loop) { g_main_loop_ref(loop); }
  static void unref(GMainLoop* loop) { g_main_loop_unref(loop); }
};

template <>
struct RefTraits<GBytes> {
  static void ref(GBytes* bytes) { g_bytes_ref(bytes); }
  static void unref(GBytes* bytes) { g_bytes_unref(bytes); }
};

}  // namespace detail

// A counted reference. The three constructors say which ownership they take over.
template <typename T>
class Ref {
 public:
  Ref() = default;
  // A null reference reads like a null pointer.
  Ref(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)
  Ref(const Ref& other) : object_(other.object_) {
    if (object_) detail::RefTraits<T>::ref(object_);
  }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  ~Ref() { reset(); }

  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }

  // (transfer full): the caller's reference becomes ours.
  static Ref adopt(T* object) { return Ref(object); }
  // (transfer none): we take a reference of our own.
  static Ref retain(T* object) {
    if (object) detail::RefTraits<T>::ref(object);
    return Ref(object);
  }
  // (transfer floating): a new GstObject or GInitiallyUnowned becomes ours.
  static Ref sink(T* object) {
    if (object) g_object_ref_sink(object);
    return Ref(object);
  }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

  // Hands our reference to the caller (transfer full).
  [[nodiscard]] T* release() { return std::exchange(object_, nullptr); }
  void reset() {
    if (T* object = std::exchange(object_, nullptr)) detail::RefTraits<T>::unref(object);
  }

  friend bool operator==(const Ref& left, const Ref& right) {
    return left.object_ == right.object_;
  }

 private:
  explicit Ref(T* object) : object_(object) {}

  T* object_ = nullptr;
};

namespace detail {

template <typename T>
struct OwnedDeleter;
template <>
struct OwnedDeleter<gchar> {
  void operator()(gchar* text) const { g_free(text); }
};
template <>
struct OwnedDeleter<GError> {
  void operator()(GError* error) const { g_error_free(error); }
};
template <>
struct OwnedDeleter<GList> {  // of what others own
  void operator()(GList* list) const { g_list_free(list); }
};
template <>
struct OwnedDeleter<GstStructure> {
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
};
template <>
struct OwnedDeleter<GstSDPMessage> {
  void operator()(GstSDPMessage* message) const { gst_sdp_message_free(message); }
};
template <>
struct OwnedDeleter<GstWebRTCSessionDescription> {
  void operator()(GstWebRTCSessionDescription* description) const {
    gst_webrtc_session_description_free(description);
  }
};

}  // namespace detail

// Sole ownership of a value that is freed rather than counted.
template <typename T>
using Owned = std::unique_ptr<T, detail::OwnedDeleter<T>>;

// Takes over a g_malloc()ed string and returns it as std::string; null becomes empty.
inline std::string take_string(gchar* text) {
  Owned<gchar> owned(text);
  return owned ? std::string(owned.get()) : std::string();
}

}  // namespace webrtcserver
