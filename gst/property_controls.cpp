// SPDX-License-Identifier: LGPL-2.1-or-later
#include "property_controls.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "property_values.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

constexpr char kHow[] =
    "controls are written as name=element.property[,option=value…][;…], with the options label, "
    "min, max, step, max-length, read-only and color";

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::kFailed, "controls: " + message);
}

// One part of the property, as written.
struct Wanted {
  std::string name;
  std::string element;
  std::string property;
  std::map<std::string, std::string> options;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && g_ascii_isspace(text.front())) text.remove_prefix(1);
  while (!text.empty() && g_ascii_isspace(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Wanted parse_one(std::string_view text) {
  const auto parts = split(text, ',');
  const std::size_t equals = parts.front().find('=');
  const std::string_view target =
      equals == std::string_view::npos ? "" : trim(parts.front().substr(equals + 1));
  // Names of elements may have dots in them; those of properties do not.
  const std::size_t dot = target.rfind('.');
  Wanted wanted;
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == target.size())
    fail("\"" + std::string(text) + "\" is no control; " + kHow + ".");
  wanted.name = trim(parts.front().substr(0, equals));
  wanted.element = target.substr(0, dot);
  wanted.property = target.substr(dot + 1);
  if (!is_control_name(wanted.name)) {
    fail("\"" + wanted.name +
         "\" cannot name a control; use up to 64 letters, digits, dots, hyphens and underscores.");
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t at = parts[i].find('=');
    const std::string option(trim(parts[i].substr(0, at)));
    static constexpr std::array<std::string_view, 7> kOptions{
        "label", "min", "max", "step", "max-length", "read-only", "color"};
    if (std::find(kOptions.begin(), kOptions.end(), option) == kOptions.end())
      fail("\"" + option + "\" of " + wanted.name + " is no option; " + kHow + ".");
    wanted.options[option] =
        at == std::string_view::npos ? "true" : std::string(trim(parts[i].substr(at + 1)));
  }
  return wanted;
}

std::vector<Wanted> parse(const std::string& text) {
  std::vector<Wanted> all;
  for (const std::string_view part : split(text, ';')) {
    if (part.empty()) continue;
    Wanted wanted = parse_one(part);
    if (std::any_of(all.begin(), all.end(),
                    [&](const Wanted& other) { return other.name == wanted.name; }))
      fail("there are two controls \"" + wanted.name + "\".");
    all.push_back(std::move(wanted));
  }
  return all;
}

double number_of(const Wanted& wanted, const std::string& option) {
  const std::string& text = wanted.options.at(option);
  char* end = nullptr;
  const double number = g_ascii_strtod(text.c_str(), &end);
  if (text.empty() || *end || !std::isfinite(number))
    fail(option + " of " + wanted.name + " is \"" + text + "\", which is no number.");
  return number;
}

bool flag_of(const Wanted& wanted, const std::string& option) {
  const auto found = wanted.options.find(option);
  if (found == wanted.options.end() || found->second == "false") return false;
  if (found->second != "true")
    fail(option + " of " + wanted.name + " is \"" + found->second + "\"; it is true or false.");
  return true;
}

// What the author of the pipeline wants of it, within what the property has.
void refine(ControlSpec& control, const Wanted& wanted) {
  control.name = wanted.name;
  if (const auto label = wanted.options.find("label"); label != wanted.options.end())
    control.label = label->second;
  control.read_only = control.read_only || flag_of(wanted, "read-only");
  const bool number = control.type == ControlSpec::Type::kNumber;
  for (const char* option : {"min", "max", "step"}) {
    if (wanted.options.count(option) > 0 && !number)
      fail(std::string(option) + " of " + wanted.name + " is for numbers, which it is not.");
  }
  if (wanted.options.count("max-length") > 0) {
    const double length = number_of(wanted, "max-length");
    if (control.type != ControlSpec::Type::kString || length < 1 || length > 16384)
      fail("max-length of " + wanted.name + " is for text, from 1 to 16384.");
    control.max_length = static_cast<unsigned>(length);
  }
  if (!number) return;
  const double min = wanted.options.count("min") > 0 ? number_of(wanted, "min") : control.min;
  const double max = wanted.options.count("max") > 0 ? number_of(wanted, "max") : control.max;
  if (min < control.min || max > control.max || min > max) {
    fail("the range of " + wanted.name + " must lie within that of " + wanted.element + "." +
         wanted.property + ".");
  }
  if (min != control.min || max != control.max) {
    control.min = min;
    control.max = max;
    if (!control.whole) control.step = (max - min) / 100;
  }
  if (wanted.options.count("step") > 0) control.step = number_of(wanted, "step");
  if (control.step < 0) fail("step of " + wanted.name + " must not be negative.");
}

template <typename Visit>
void for_each_element(GstBin* bin, Visit&& visit) {
  GstIterator* iterator = gst_bin_iterate_recurse(bin);
  GValue item = G_VALUE_INIT;
  while (gst_iterator_next(iterator, &item) == GST_ITERATOR_OK) {
    visit(GST_ELEMENT(g_value_get_object(&item)));
    g_value_reset(&item);
  }
  g_value_unset(&item);
  gst_iterator_free(iterator);
}

Ref<GstElement> find_element(const Wanted& wanted, GstBin* pipeline) {
  auto element = Ref<GstElement>::adopt(gst_bin_get_by_name(pipeline, wanted.element.c_str()));
  if (element) return element;
  std::string names;
  for_each_element(pipeline, [&](GstElement* other) {
    if (names.size() < 500)
      names += (names.empty() ? "" : ", ") + std::string(GST_OBJECT_NAME(other));
  });
  fail("there is no element \"" + wanted.element + "\" for " + wanted.name +
       " in the pipeline; it has " + names + ".");
}

[[noreturn]] void refuse_property(const Wanted& wanted, GstElement* element) {
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &count);
  std::string names;
  for (guint i = 0; i < count; ++i) {
    if (describe_property(specs[i], false))
      names += (names.empty() ? "" : ", ") + std::string(specs[i]->name);
  }
  g_free(specs);
  fail("the element \"" + wanted.element + "\" has no property \"" + wanted.property + "\" for " +
       wanted.name + "; it has " + names + ".");
}

}  // namespace

// A property of an element that may go at any time.
class PropertyControls::Property {
 public:
  // Whose, and at which place there.
  using Place = std::pair<std::weak_ptr<PropertyControls>, std::size_t>;

  Property(ControlSpec control, GObject* object, GParamSpec* spec)
      : control_(std::move(control)), spec_(g_param_spec_ref(spec)) {
    g_weak_ref_init(&object_, object);
  }
  // Has changes reported, once it has its place.
  void watch(Place place) {
    const auto object = lock();
    if (!object) return;
    // The place is the handler's own: it may be called while this is being destroyed.
    handler_ = g_signal_connect_data(
        object.get(), ("notify::" + std::string(spec_->name)).c_str(),
        G_CALLBACK(+[](GObject*, GParamSpec*, const Place* where) {
          guard("notify of a control", [where] {
            if (const auto owner = where->first.lock())
              owner->report(*owner->properties_[where->second]);
          });
        }),
        std::make_unique<Place>(std::move(place)).release(),
        [](gpointer data, GClosure*) {
          const std::unique_ptr<Place> owned(static_cast<Place*>(data));
        },
        static_cast<GConnectFlags>(0));
  }
  ~Property() {
    if (const auto object = lock(); object && handler_ != 0)
      g_signal_handler_disconnect(object.get(), handler_);
    g_weak_ref_clear(&object_);
    g_param_spec_unref(spec_);
  }
  Property(const Property&) = delete;
  Property& operator=(const Property&) = delete;

  const ControlSpec& control() const { return control_; }
  Ref<GObject> lock() const {
    return Ref<GObject>::adopt(static_cast<GObject*>(g_weak_ref_get(&object_)));
  }
  // Nothing once the element is gone.
  std::optional<ControlValue> read() const {
    const auto object = lock();
    if (!object) return {};
    return read_property(object.get(), spec_, control_);
  }
  // What could not be done.
  std::optional<ControlFault> write(const ControlValue& value) const {
    const auto object = lock();
    if (!object) return ControlFault("gone", control_.name, "Its element is gone.");
    if (write_property(object.get(), spec_, control_, value)) return {};
    return ControlFault("unchanged", control_.name,
                        "The element did not take the value of \"" + control_.name +
                            "\"; it may take one only before it plays.");
  }

 private:
  const ControlSpec control_;
  GParamSpec* const spec_;
  mutable GWeakRef object_{};
  gulong handler_ = 0;
};

PropertyControls::PropertyControls(GstBin* pipeline, LoopThread& loop)
    : loop_(loop), context_(std::make_shared<ApplicationContext>(loop)) {
  g_weak_ref_init(&pipeline_, pipeline);
}

PropertyControls::~PropertyControls() {
  g_weak_ref_clear(&pipeline_);
}

std::shared_ptr<PropertyControls> PropertyControls::create(const std::string& text,
                                                           GstBin* pipeline, LoopThread& loop) {
  std::shared_ptr<PropertyControls> controls(
      new PropertyControls(pipeline, loop));  // NOLINT: private
  for (const Wanted& wanted : parse(text)) {
    const auto element = find_element(wanted, pipeline);
    GObject* found = nullptr;
    GParamSpec* spec = nullptr;
    if (GST_IS_CHILD_PROXY(element.get())) {
      gst_child_proxy_lookup(GST_CHILD_PROXY(element.get()), wanted.property.c_str(), &found,
                             &spec);
    } else {
      spec =
          g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), wanted.property.c_str());
      if (spec) found = G_OBJECT(g_object_ref(element.get()));
    }
    const auto object = Ref<GObject>::adopt(found);
    if (!object || !spec) refuse_property(wanted, element.get());
    auto control = describe_property(spec, flag_of(wanted, "color"));
    if (!control) {
      fail("the property " + wanted.element + "." + wanted.property + " is a " +
           g_type_name(spec->value_type) + ", which browsers have no control for.");
    }
    refine(*control, wanted);
    controls->properties_.push_back(
        std::make_unique<Property>(std::move(*control), object.get(), spec));
  }
  // From here on there are no others, and any thread may look.
  for (std::size_t i = 0; i < controls->properties_.size(); ++i)
    controls->properties_[i]->watch({controls, i});
  return controls;
}

std::set<std::string> PropertyControls::names() const {
  std::set<std::string> names;
  for (const auto& property : properties_) names.insert(property->control().name);
  return names;
}

void PropertyControls::join(const std::shared_ptr<ControlSet>& set) {
  std::vector<Control> all;
  for (const auto& property : properties_) {
    if (auto value = property->read()) all.push_back({property->control(), std::move(*value)});
  }
  {
    const std::scoped_lock lock(mutex_);
    set_ = set;
  }
  set->add(std::move(all),
           {[weak = weak_from_this()](const ControlValues& values, const std::string& by,
                                      const ControlDone& done) {
              const auto self = weak.lock();
              if (self) return self->apply(values, by, done);
              done(ControlFault("gone", "", "The pipeline is gone."));
            },
            {}});
}

namespace {

// Whose wish the thread is just carrying out.
thread_local const std::string* current_wish = nullptr;

}  // namespace

void PropertyControls::apply(const ControlValues& values, const std::string& by,
                             const ControlDone& done) {
  context_->run([self = shared_from_this(), values, by, done] {
    std::optional<ControlFault> fault;
    current_wish = &by;
    guard("a change of controls", [&] { fault = self->write(values); });
    current_wish = nullptr;
    self->loop_.post([done, fault] { done(fault); });
  });
}

std::optional<ControlFault> PropertyControls::write(const ControlValues& values) {
  std::optional<ControlFault> fault;
  for (const auto& property : properties_) {
    const auto value = values.find(property->control().name);
    if (value == values.end()) continue;
    auto failure = is_there(*property)
                       ? property->write(value->second)
                       : ControlFault("gone", property->control().name, "Its element is gone.");
    report(*property);  // elements need not notify of what they were told
    if (!fault) fault = std::move(failure);
  }
  return fault;
}

bool PropertyControls::is_there(const Property& property) const {
  const auto object = property.lock();
  const auto pipeline = Ref<GstObject>::adopt(static_cast<GstObject*>(g_weak_ref_get(&pipeline_)));
  return object && pipeline && GST_IS_OBJECT(object.get()) &&
         gst_object_has_as_ancestor(GST_OBJECT(object.get()), pipeline.get());
}

void PropertyControls::report(const Property& property) {
  std::weak_ptr<ControlSet> weak;
  {
    const std::scoped_lock lock(mutex_);
    weak = set_;
  }
  auto value = property.read();
  if (!value) return;
  loop_.post([weak, name = property.control().name, value = std::move(*value),
              by = current_wish ? *current_wish : std::string()] {
    if (const auto set = weak.lock()) set->report(name, value, by);
  });
}

}  // namespace webrtcserver
