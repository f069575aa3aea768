// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sctp_association_id.hpp"

#include <mutex>
#include <string_view>
#include <vector>

#include "base/ref.hpp"

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

}  // namespace

SctpAssociationId::SctpAssociationId() {
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

SctpAssociationId::~SctpAssociationId() {
  const std::scoped_lock lock(taken().mutex);
  if (number_) taken().numbers[*number_] = false;
}

void SctpAssociationId::apply(GstElement* webrtcbin) const {
  if (!number_) return;
  GstIterator* elements = gst_bin_iterate_elements(GST_BIN(webrtcbin));
  guint number = *number_;
  while (gst_iterator_foreach(
             elements,
             [](const GValue* item, gpointer data) {
               auto* element = static_cast<GstElement*>(g_value_get_object(item));
               if (is_sctp(element))
                 g_object_set(element, "sctp-association-id", *static_cast<guint*>(data), nullptr);
             },
             &number) == GST_ITERATOR_RESYNC)
    gst_iterator_resync(elements);
  gst_iterator_free(elements);
}

}  // namespace webrtcserver
