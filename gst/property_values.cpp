// SPDX-License-Identifier: LGPL-2.1-or-later
#include "property_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/ref.hpp"

namespace webrtcserver {

namespace {

using Type = ControlSpec::Type;

constexpr double kExact = 9007199254740992;  // 2^53: beyond, JSON's numbers are no whole numbers

class Value {
 public:
  explicit Value(GType type) { g_value_init(&value_, type); }
  ~Value() { g_value_unset(&value_); }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  GValue* get() { return &value_; }

 private:
  GValue value_ = G_VALUE_INIT;
};

void set_range(ControlSpec& control, double min, double max, bool whole) {
  control.type = Type::kNumber;
  control.min = whole ? std::max(min, -kExact) : min;
  control.max = whole ? std::min(max, kExact) : max;
  control.whole = whole;
  if (whole) {
    control.step = 1;
  } else if (std::isfinite(max - min)) {
    control.step = (max - min) / 100;
  }
}

bool describe_number(ControlSpec& control, const GParamSpec* spec) {
  if (G_IS_PARAM_SPEC_INT(spec)) {
    const auto* range = G_PARAM_SPEC_INT(spec);
    set_range(control, range->minimum, range->maximum, true);
  } else if (G_IS_PARAM_SPEC_UINT(spec)) {
    const auto* range = G_PARAM_SPEC_UINT(spec);
    set_range(control, range->minimum, range->maximum, true);
  } else if (G_IS_PARAM_SPEC_LONG(spec)) {
    const auto* range = G_PARAM_SPEC_LONG(spec);
    set_range(control, static_cast<double>(range->minimum), static_cast<double>(range->maximum),
              true);
  } else if (G_IS_PARAM_SPEC_ULONG(spec)) {
    const auto* range = G_PARAM_SPEC_ULONG(spec);
    set_range(control, static_cast<double>(range->minimum), static_cast<double>(range->maximum),
              true);
  } else if (G_IS_PARAM_SPEC_INT64(spec)) {
    const auto* range = G_PARAM_SPEC_INT64(spec);
    set_range(control, static_cast<double>(range->minimum), static_cast<double>(range->maximum),
              true);
  } else if (G_IS_PARAM_SPEC_UINT64(spec)) {
    const auto* range = G_PARAM_SPEC_UINT64(spec);
    set_range(control, static_cast<double>(range->minimum), static_cast<double>(range->maximum),
              true);
  } else if (G_IS_PARAM_SPEC_FLOAT(spec)) {
    const auto* range = G_PARAM_SPEC_FLOAT(spec);
    set_range(control, range->minimum, range->maximum, false);
  } else if (G_IS_PARAM_SPEC_DOUBLE(spec)) {
    const auto* range = G_PARAM_SPEC_DOUBLE(spec);
    set_range(control, range->minimum, range->maximum, false);
  } else {
    return false;
  }
  return true;
}

bool describe_choices(ControlSpec& control, const GParamSpec* spec) {
  if (G_IS_PARAM_SPEC_ENUM(spec)) {
    control.type = Type::kEnum;
    const GEnumClass* all = G_PARAM_SPEC_ENUM(spec)->enum_class;
    for (guint i = 0; i < all->n_values; ++i)
      control.choices.push_back({all->values[i].value_nick, all->values[i].value_name});
  } else if (G_IS_PARAM_SPEC_FLAGS(spec)) {
    control.type = Type::kFlags;
    const GFlagsClass* all = G_PARAM_SPEC_FLAGS(spec)->flags_class;
    for (guint i = 0; i < all->n_values; ++i) {
      if (all->values[i].value != 0)  // "none" is what is left when none is chosen
        control.choices.push_back({all->values[i].value_nick, all->values[i].value_name});
    }
  } else {
    return false;
  }
  return true;
}

double as_double(const GValue* value) {
  Value number(G_TYPE_DOUBLE);
  g_value_transform(value, number.get());
  return g_value_get_double(number.get());
}

// What a reader of the markup sees; the text itself where it is none.
std::string unescape(const std::string& markup) {
  constexpr GMarkupParser kParser{
      nullptr, nullptr,
      [](GMarkupParseContext*, const gchar* text, gsize size, gpointer result, GError**) {
        static_cast<std::string*>(result)->append(text, size);
      },
      nullptr, nullptr};
  std::string text;
  GMarkupParseContext* context =
      g_markup_parse_context_new(&kParser, static_cast<GMarkupParseFlags>(0), &text, nullptr);
  const std::string document = "<markup>" + markup + "</markup>";
  const bool parsed = g_markup_parse_context_parse(context, document.data(),
                                                   static_cast<gssize>(document.size()), nullptr) &&
                      g_markup_parse_context_end_parse(context, nullptr);
  g_markup_parse_context_free(context);
  return parsed ? text : markup;
}

// By nick, as the choices are; gst_value_serialize() writes the names of C, and none as "0".
std::string flags_text(GFlagsClass* all, guint flags) {
  std::string text;
  while (const GFlagsValue* first = flags == 0 ? nullptr : g_flags_get_first_value(all, flags)) {
    text += (text.empty() ? "" : "+") + std::string(first->value_nick);
    flags &= ~first->value;
  }
  return text;
}

std::string color_text(guint argb) {
  std::array<char, 10> text{};
  std::snprintf(text.data(), text.size(), "#%08x", argb);
  return text.data();
}

guint color_number(const std::string& text) {
  const auto digits = static_cast<guint>(std::strtoul(text.c_str() + 1, nullptr, 16));
  return text.size() == 7 ? digits | 0xff000000U : digits;
}

}  // namespace

std::optional<ControlSpec> describe_property(const GParamSpec* spec, bool color) {
  ControlSpec control;
  control.label = g_param_spec_get_blurb(const_cast<GParamSpec*>(spec))  // NOLINT: GLib lacks const
                      ? g_param_spec_get_blurb(const_cast<GParamSpec*>(spec))  // NOLINT
                      : spec->name;
  control.read_only =
      !(spec->flags & G_PARAM_WRITABLE) || (spec->flags & G_PARAM_CONSTRUCT_ONLY) != 0;
  if (color && G_IS_PARAM_SPEC_UINT(spec)) {
    control.type = Type::kColor;
  } else if (G_IS_PARAM_SPEC_STRING(spec)) {
    control.type = Type::kString;
  } else if (G_IS_PARAM_SPEC_BOOLEAN(spec)) {
    control.type = Type::kBoolean;
  } else if (GST_IS_PARAM_SPEC_FRACTION(spec)) {
    const auto* range = GST_PARAM_SPEC_FRACTION(spec);
    control.type = Type::kFraction;
    control.min = static_cast<double>(range->min_num) / range->min_den;
    control.max = static_cast<double>(range->max_num) / range->max_den;
  } else if (!describe_number(control, spec) && !describe_choices(control, spec)) {
    return {};
  }
  return control;
}

bool takes_markup(GObject* object, const GParamSpec* spec) {
  const GType overlay = g_type_from_name("GstBaseTextOverlay");
  return overlay && g_type_is_a(G_OBJECT_TYPE(object), overlay) &&
         std::string_view(spec->name) == "text";
}

ControlValue read_property(GObject* object, const GParamSpec* spec, const ControlSpec& control) {
  Value value(spec->value_type);
  g_object_get_property(object, spec->name, value.get());
  switch (control.type) {
    case Type::kBoolean:
      return g_value_get_boolean(value.get()) != FALSE;
    case Type::kNumber:
      return as_double(value.get());
    case Type::kColor:
      return color_text(g_value_get_uint(value.get()));
    case Type::kEnum: {
      const GEnumValue* found =
          g_enum_get_value(G_PARAM_SPEC_ENUM(spec)->enum_class, g_value_get_enum(value.get()));
      return std::string(found ? found->value_nick : "");
    }
    case Type::kFraction:
      return std::to_string(gst_value_get_fraction_numerator(value.get())) + "/" +
             std::to_string(gst_value_get_fraction_denominator(value.get()));
    case Type::kFlags:
      return flags_text(G_PARAM_SPEC_FLAGS(spec)->flags_class, g_value_get_flags(value.get()));
    case Type::kString:
    case Type::kAction:
      break;
  }
  const char* text = g_value_get_string(value.get());
  const std::string plain = text ? text : "";
  return takes_markup(object, spec) ? unescape(plain) : plain;
}

bool write_property(GObject* object, const GParamSpec* spec, const ControlSpec& control,
                    const ControlValue& value) {
  Value target(spec->value_type);
  if (const auto* flag = std::get_if<bool>(&value)) {
    g_value_set_boolean(target.get(), *flag ? TRUE : FALSE);
  } else if (const auto* number = std::get_if<double>(&value)) {
    Value source(G_TYPE_DOUBLE);
    g_value_set_double(source.get(), *number);
    g_value_transform(source.get(), target.get());
  } else {
    const auto& text = std::get<std::string>(value);
    if (control.type == Type::kColor) {
      g_value_set_uint(target.get(), color_number(text));
    } else if (control.type == Type::kString) {
      g_value_take_string(target.get(),
                          takes_markup(object, spec)
                              ? g_markup_escape_text(text.data(), static_cast<gssize>(text.size()))
                              : g_strdup(text.c_str()));
    } else {
      gst_value_deserialize(target.get(), text.c_str());  // checked before
    }
  }
  const auto differ = [spec](Value& left, Value& right) {
    return g_param_values_cmp(const_cast<GParamSpec*>(spec),  // NOLINT: GLib lacks const
                              left.get(), right.get()) != 0;
  };
  const auto read = [object, spec](Value& now) {
    g_object_get_property(object, spec->name, now.get());
  };
  Value before(spec->value_type);
  read(before);
  g_object_set_property(object, spec->name, target.get());
  if (!differ(before, target)) return true;
  Value after(spec->value_type);
  read(after);
  return differ(before, after);
}

}  // namespace webrtcserver
