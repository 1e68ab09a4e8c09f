#include "http/pages/form.h"

#include "base/text.h"
#include "latchkey/secret.h"

namespace latchkey::http {
namespace {

constexpr std::size_t kMaxFields = 64;

}  // namespace

std::optional<Form> Form::parse(std::string_view text) {
  Form form;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (field.empty()) continue;
    const std::size_t equals = field.find('=');
    auto name = percent_decode(field.substr(0, equals), Plus::blank);
    auto value = percent_decode(equals == std::string_view::npos ? "" : field.substr(equals + 1),
                                Plus::blank);
    if (!name || !value || form.has(*name) || form.fields_.size() == kMaxFields)
      return std::nullopt;
    form.fields_.emplace_back(std::move(*name), std::move(*value));
  }
  return form;
}

Form::~Form() {
  for (auto& [name, value] : fields_) wipe(value.data(), value.size());
}

const std::string* Form::find(std::string_view name) const noexcept {
  for (const auto& [candidate, value] : fields_) {
    if (candidate == name) return &value;
  }
  return nullptr;
}

std::string_view Form::get(std::string_view name) const noexcept {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view{} : *value;
}

bool Form::has(std::string_view name) const noexcept { return find(name) != nullptr; }

}  // namespace latchkey::http
