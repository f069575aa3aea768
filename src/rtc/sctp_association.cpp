// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sctp_association.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/guard.hpp"
#include "base/ref.hpp"
#include "rtc/sctp_packet.hpp"

namespace webrtcserver {

namespace {

// The range of sctpenc's property.
constexpr guint kNumbers = 65536;

struct Taken {
  std::mutex mutex;
  std::vector<bool> numbers = std::vector<bool>(kNumbers);  // guarded by mutex
  guint next = 0;                                           // guarded by mutex
};

Taken& taken() {
  static auto* const instance = new Taken();  // NOLINT: outlives the pool's threads
  return *instance;
}

bool is_sctp(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  const std::string_view name = factory ? GST_OBJECT_NAME(factory) : "";
  return name == "sctpenc" || name == "sctpdec";
}

using Visit = std::function<void(gpointer)>;

// What `visit` does may be done twice.
void visit(GstIterator* iterator, Visit visit) {
  while (gst_iterator_foreach(
             iterator,
             [](const GValue* item, gpointer data) {
               (*static_cast<Visit*>(data))(g_value_get_object(item));
             },
             &visit) == GST_ITERATOR_RESYNC)
    gst_iterator_resync(iterator);
  gst_iterator_free(iterator);
}

// What is known of the browser's end of an association; of the decoder's signals and probes.
struct Watch {
  std::weak_ptr<SctpAssociation::Listener> listener;
  bool ended = false;  // of the thread that packets come on
};

GstPadProbeReturn admit(GstPad* /*pad*/, GstPadProbeInfo* info, gpointer data) {
  auto& watch = *static_cast<Watch*>(data);
  if (watch.ended) return GST_PAD_PROBE_DROP;
  GstMapInfo map;
  GstBuffer* packet = GST_PAD_PROBE_INFO_BUFFER(info);
  if (!gst_buffer_map(packet, &map, GST_MAP_READ)) return GST_PAD_PROBE_DROP;
  watch.ended = asks_for_shutdown({map.data, map.size});
  gst_buffer_unmap(packet, &map);
  if (!watch.ended) return GST_PAD_PROBE_OK;
  guard("the end of an association", [&] {
    if (const auto listener = watch.listener.lock()) listener->on_shutdown();
  });
  return GST_PAD_PROBE_DROP;
}

void free_watch(gpointer data) {
  const std::unique_ptr<Watch> owned(static_cast<Watch*>(data));
}

// What an encoder's pad did before.
GQuark chain_quark() {
  static const GQuark quark = g_quark_from_static_string("webrtcserver-sctp-chain");
  return quark;
}

GstFlowReturn chain_without_error(GstPad* pad, GstObject* parent, GstBuffer* buffer) {
  const auto chain =
      reinterpret_cast<GstPadChainFunction>(g_object_get_qdata(G_OBJECT(pad), chain_quark()));
  const GstFlowReturn flow = chain(pad, parent, buffer);
  return flow == GST_FLOW_ERROR ? GST_FLOW_FLUSHING : flow;
}

void visit_sctp(GstElement* webrtcbin, const std::function<void(GstElement*)>& action) {
  visit(gst_bin_iterate_elements(GST_BIN(webrtcbin)), [&action](gpointer element) {
    if (is_sctp(static_cast<GstElement*>(element))) action(static_cast<GstElement*>(element));
  });
}

// From 1.28 on webrtcbin draws a number that nobody has, and its decoder keeps to it whatever it is
// told: an encoder with another number would be alone.
bool has_number_of_its_own(GstElement* webrtcbin) {
  gboolean automatic = FALSE;
  visit_sctp(webrtcbin, [&automatic](GstElement* element) {
    constexpr const char* kProperty = "automatic-association-id";
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), kProperty))
      g_object_get(element, kProperty, &automatic, nullptr);
  });
  return automatic != FALSE;
}

}  // namespace

SctpAssociation::SctpAssociation() {
  const std::scoped_lock lock(taken().mutex);
  for (guint tries = 0; tries < kNumbers && !number_; ++tries) {
    // In turn, so that an association that has just ended is not found by the next.
    const guint candidate = taken().next;
    taken().next = (candidate + 1) % kNumbers;
    if (taken().numbers[candidate]) continue;
    taken().numbers[candidate] = true;
    number_ = candidate;
  }
}

SctpAssociation::~SctpAssociation() {
  const std::scoped_lock lock(taken().mutex);
  if (number_) taken().numbers[*number_] = false;
}

void SctpAssociation::apply(GstElement* webrtcbin, const std::weak_ptr<Listener>& listener) const {
  const bool numbered = has_number_of_its_own(webrtcbin);
  visit_sctp(webrtcbin, [&](GstElement* element) {
    if (number_ && !numbered) g_object_set(element, "sctp-association-id", *number_, nullptr);
    const auto entrance = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "sink"));
    if (!entrance) {  // an sctpenc
      g_signal_connect(element, "pad-added", G_CALLBACK(+[](GstElement*, GstPad* pad) {
                         if (!GST_PAD_IS_SINK(pad)) return;
                         g_object_set_qdata(G_OBJECT(pad), chain_quark(),
                                            reinterpret_cast<gpointer>(GST_PAD_CHAINFUNC(pad)));
                         gst_pad_set_chain_function(pad, chain_without_error);
                       }),
                       nullptr);
      return;
    }
    const auto make_watch = [&] { return std::make_unique<Watch>(Watch{listener}).release(); };
    gst_pad_add_probe(entrance.get(), GST_PAD_PROBE_TYPE_BUFFER, admit, make_watch(), free_watch);
    g_signal_connect_data(
        element, "pad-added", G_CALLBACK(+[](GstElement*, GstPad*, Watch* watch) {
          guard("a stream of an association", [&] {
            if (const auto target = watch->listener.lock()) target->on_stream();
          });
        }),
        make_watch(), [](gpointer data, GClosure*) { free_watch(data); },
        static_cast<GConnectFlags>(0));
  });
}

void SctpAssociation::release(GstElement* webrtcbin) {
  visit_sctp(webrtcbin, [](GstElement* element) {
    if (!gst_element_get_pad_template(element, "sink_%u")) return;
    visit(gst_element_iterate_sink_pads(element), [](gpointer pad) {
      gst_pad_send_event(static_cast<GstPad*>(pad), gst_event_new_flush_start());
    });
  });
  // What still sends would find itself unlinked next, an error as above.
  visit(gst_bin_iterate_all_by_element_factory_name(GST_BIN(webrtcbin), "appsrc"),
        [](gpointer sender) {
          gst_element_send_event(static_cast<GstElement*>(sender), gst_event_new_flush_start());
        });
}

}  // namespace webrtcserver
