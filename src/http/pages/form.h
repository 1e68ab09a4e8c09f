#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::http {

// Form is the decoded content of a form or a query. Wiped when it dies, since it may hold a
// password.
class Form {
 public:
  // parse reads application/x-www-form-urlencoded, strictly: no broken escape, no field twice, at
  // most 64 fields. Nothing else is a form.
  static std::optional<Form> parse(std::string_view text);
  ~Form();
  Form(Form&&) noexcept = default;
  Form& operator=(Form&&) noexcept = default;
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;

  // get returns the value of `name`, or empty text.
  std::string_view get(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept;
  std::size_t size() const noexcept { return fields_.size(); }

 private:
  Form() = default;
  const std::string* find(std::string_view name) const noexcept;
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace latchkey::http
