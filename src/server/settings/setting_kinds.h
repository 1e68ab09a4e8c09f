#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/settings/settings.h"
#include "server/settings/units.h"

// The kinds of settings: how a value is written, what it may be, which field of a Config it sets.
namespace latchkey::server {

template <class Number>
std::optional<Number> parse_number(std::string_view text) noexcept {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [rest, ec] = std::from_chars(text.data(), end, number);
  if (ec != std::errc{} || rest != end) return std::nullopt;
  return number;
}

// `field` returns a reference to the field of a Config.
template <class Field>
Setting number(std::string_view key, std::uint64_t least, std::uint64_t most, Field field,
               std::string_view help) {
  using Number = std::remove_reference_t<decltype(field(std::declval<Config&>()))>;
  return {.key = key,
          .kind = SettingKind::number,
          .form = "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
          .help = help,
          .set =
              [=](Config& config, const SettingValue& value) {
                const auto parsed = parse_number<std::uint64_t>(value.texts.front());
                if (!parsed || *parsed < least || *parsed > most) return false;
                field(config) = static_cast<Number>(*parsed);
                return true;
              },
          .get =
              [=](const Config& config) {
                return SettingValue::one(std::to_string(field(const_cast<Config&>(config))));
              }};
}

template <class Field>
Setting duration(std::string_view key, Millis least, Field field, std::string_view help,
                 Millis most = Millis::max()) {
  const std::string limit = most == Millis::max() ? "" : " and at most " + duration_text(most);
  return {.key = key,
          .kind = SettingKind::text,
          .form = "a duration with a unit (ms, s, m, h, d, w) of at least " + duration_text(least) +
                  limit + ", such as \"10s\"",
          .help = help,
          .set =
              [=](Config& config, const SettingValue& value) {
                const auto parsed = parse_duration(value.texts.front());
                if (!parsed || *parsed < least || *parsed > most) return false;
                field(config) = *parsed;
                return true;
              },
          .get =
              [=](const Config& config) {
                return SettingValue::one(duration_text(field(const_cast<Config&>(config))));
              }};
}

template <class Field>
Setting boolean(std::string_view key, Field field, std::string_view help) {
  return {.key = key,
          .kind = SettingKind::boolean,
          .form = "true or false",
          .help = help,
          .set =
              [=](Config& config, const SettingValue& value) {
                const std::string& text = value.texts.front();
                if (text != "true" && text != "false") return false;
                field(config) = text == "true";
                return true;
              },
          .get =
              [=](const Config& config) {
                return SettingValue::one(field(const_cast<Config&>(config)) ? "true" : "false");
              }};
}

template <class Field>
Setting text(std::string_view key, std::string form, Field field, std::string_view help) {
  return {.key = key,
          .kind = SettingKind::text,
          .form = std::move(form),
          .help = help,
          .set =
              [=](Config& config, const SettingValue& value) {
                field(config) = value.texts.front();
                return true;
              },
          .get =
              [=](const Config& config) {
                return SettingValue::one(field(const_cast<Config&>(config)));
              }};
}

enum class IfEmpty : std::uint8_t {
  refuse,  // it mostly comes from a variable that is not set
  off,     // what the setting is for is not wanted
};

// checked makes a setting refuse each text for which `flaw` returns something: what is wrong with
// it, and what to write.
inline Setting checked(Setting setting, IfEmpty if_empty,
                       std::function<std::string(std::string_view)> flaw) {
  setting.needs_text = if_empty == IfEmpty::refuse;
  setting.why = [if_empty, flaw = std::move(flaw)](const SettingValue& value) {
    for (const std::string& one : value.texts) {
      if (one.empty() && if_empty == IfEmpty::off) continue;
      std::string wrong = one.empty() ? "it is empty: give a value, or leave it out" : flaw(one);
      if (!wrong.empty()) return wrong;
    }
    return std::string{};
  };
  setting.set = [set = std::move(setting.set), why = setting.why](Config& config,
                                                                  const SettingValue& value) {
    return why(value).empty() && set(config, value);
  };
  return setting;
}

template <class Enum, std::size_t N, class Field>
Setting choice(std::string_view key, std::array<std::pair<std::string_view, Enum>, N> names,
               Field field, std::string_view help) {
  std::string form = "one of";
  for (const auto& [name, value] : names) form.append(" ").append(name);
  return {.key = key,
          .kind = SettingKind::text,
          .form = std::move(form),
          .help = help,
          .set =
              [=](Config& config, const SettingValue& value) {
                for (const auto& [name, meaning] : names) {
                  if (name != value.texts.front()) continue;
                  field(config) = meaning;
                  return true;
                }
                return false;
              },
          .get =
              [=](const Config& config) {
                const Enum now = field(const_cast<Config&>(config));
                const auto found = std::find_if(names.begin(), names.end(), [&](const auto& pair) {
                  return pair.second == now;
                });
                return SettingValue::one(std::string{found->first});
              }};
}

}  // namespace latchkey::server
