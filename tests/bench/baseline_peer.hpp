// SPDX-License-Identifier: LGPL-2.1-or-later
// baseline_peer.hpp — a webrtcbin in the application's own pipeline, and the socket it negotiates
// over: what the baseline's viewers and publishers have in common. Lives on the default main
// context; webrtcbin's signals come on threads of its own and are posted there.
#pragma once

#include <libsoup/soup.h>

#include <memory>
#include <string>

#include "base/json.hpp"
#include "base/ref.hpp"

namespace webrtcserver::bench {

// An element of a bin by its name; null where there is none.
Ref<GstElement> find_element(GstElement* bin, const char* name);

// It offers whenever webrtcbin wants to negotiate, and takes the browser's answer and candidates.
class BaselinePeer : public std::enable_shared_from_this<BaselinePeer> {
 public:
  virtual ~BaselinePeer() = default;
  BaselinePeer(const BaselinePeer&) = delete;
  BaselinePeer& operator=(const BaselinePeer&) = delete;

  virtual void join() = 0;
  virtual void leave() = 0;
  void on_message(const JsonReader& message);

 protected:
  BaselinePeer(GstElement* pipeline, SoupWebsocketConnection* socket);

  GstElement* pipeline() const { return pipeline_.get(); }
  GstElement* webrtc() const { return webrtc_.get(); }

  // Makes the webrtcbin, without UPnP, and has it negotiate; it is in no bin yet.
  void make_webrtc();

  // Once for every connection, on webrtcbin's thread.
  virtual void on_connected() {}
  // A source pad of webrtcbin, on its thread.
  virtual void on_pad(GstPad* /*pad*/) {}

 private:
  using WeakPeer = std::weak_ptr<BaselinePeer>;

  // The closure of a signal handler or promise: it may outlive the peer, so it holds it weakly.
  WeakPeer* closure() { return new WeakPeer(weak_from_this()); }
  static void free_closure(gpointer data, GClosure* /*closure*/) {
    delete static_cast<WeakPeer*>(data);
  }
  static std::shared_ptr<BaselinePeer> lock(gpointer data) {
    return static_cast<WeakPeer*>(data)->lock();
  }

  template <typename Handler>
  void connect(const char* signal, Handler handler) {
    g_signal_connect_data(webrtc_.get(), signal, G_CALLBACK(+handler), closure(), free_closure,
                          GConnectFlags{});
  }

  void send(const std::string& text);
  void create_offer();
  void on_offer(GstPromise* promise);

  Ref<GstElement> pipeline_;
  Ref<SoupWebsocketConnection> socket_;
  Ref<GstElement> webrtc_;
};

}  // namespace webrtcserver::bench
