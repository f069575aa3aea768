// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/machine.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

namespace webrtcserver::doubles {

namespace {

Ref<GstPluginFeature> find_feature(const std::string& name) {
  return Ref<GstPluginFeature>::adopt(
      gst_registry_lookup_feature(gst_registry_get(), name.c_str()));
}

// A type keeps the factory that it was first registered with: it is the one that comes back.
Ref<GstPluginFeature> known_factory(GType type, const Ref<GstPluginFeature>& created) {
  static std::mutex mutex;
  static std::map<GType, GstPluginFeature*> factories;  // each is the type's for good
  const std::scoped_lock lock(mutex);
  const auto found = factories.find(type);
  if (found != factories.end()) return Ref<GstPluginFeature>::retain(found->second);
  if (!created) return {};
  GST_OBJECT_FLAG_SET(created.get(), GST_OBJECT_FLAG_MAY_BE_LEAKED);
  factories[type] = Ref<GstPluginFeature>(created).release();
  return created;
}

// A plugin of that version, which stays for the life of the process.
GstPlugin* plugin_of(const std::string& version) {
  if (version.empty()) return nullptr;
  static std::mutex mutex;
  static std::map<std::string, GstPlugin*> plugins;
  const std::scoped_lock lock(mutex);
  GstPlugin*& plugin = plugins[version];
  if (plugin) return plugin;
  const auto remember = [](GstPlugin* made, gpointer into) -> gboolean {
    GST_OBJECT_FLAG_SET(made, GST_OBJECT_FLAG_MAY_BE_LEAKED);
    *static_cast<GstPlugin**>(into) = made;
    return TRUE;
  };
  if (!gst_plugin_register_static_full(GST_VERSION_MAJOR, GST_VERSION_MINOR,
                                       ("webrtcserverdoubles-" + version).c_str(), "doubles",
                                       remember, version.c_str(), "LGPL", "doubles", "doubles",
                                       "https://example.org", &plugin))
    throw std::logic_error("no plugin of version " + version);
  return plugin;
}

}  // namespace

Registration::Registration(const std::string& name, GType type, guint rank,
                           const std::string& version)
    : hidden_(find_feature(name)) {
  registered_ = known_factory(type, nullptr);
  if (registered_) {
    if (name != GST_OBJECT_NAME(registered_.get()))
      throw std::logic_error("a double's type is known under another name than " + name);
    gst_registry_add_feature(gst_registry_get(), registered_.get());
  } else {
    if (!gst_element_register(plugin_of(version), name.c_str(), rank, type))
      throw std::logic_error(name + " cannot be registered");
    registered_ = known_factory(type, find_feature(name));
  }
  gst_plugin_feature_set_rank(registered_.get(), rank);
}

Registration::~Registration() {
  if (!registered_) return;  // moved from
  // Only what this registration put there: a later one of the same name may stand before it.
  const auto now = find_feature(GST_OBJECT_NAME(registered_.get()));
  if (!(now == registered_)) return;
  gst_registry_remove_feature(gst_registry_get(), registered_.get());
  if (hidden_) gst_registry_add_feature(gst_registry_get(), hidden_.get());
}

Absence::Absence(const std::string& name) : hidden_(find_feature(name)) {
  if (hidden_) gst_registry_remove_feature(gst_registry_get(), hidden_.get());
}

Absence::~Absence() {
  if (hidden_) gst_registry_add_feature(gst_registry_get(), hidden_.get());
}

}  // namespace webrtcserver::doubles
