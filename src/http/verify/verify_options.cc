#include "http/verify/verify_options.h"

#include "base/duration.h"
#include "http/pages/form.h"

namespace latchkey::http {
namespace {

bool read_level(std::string_view value, std::uint8_t& level) noexcept {
  if (value.starts_with("aal")) value.remove_prefix(3);
  if (value.size() != 1 || value.front() < '1' || value.front() > '3') return false;
  level = static_cast<std::uint8_t>(value.front() - '0');
  return true;
}

// A number alone is seconds.
bool read_age(std::string_view value, Millis& age) {
  const bool bare = value.find_first_not_of("0123456789") == std::string_view::npos;
  const auto parsed = parse_duration(std::string(value).append(bare ? "s" : ""));
  if (!parsed || *parsed <= Millis{0}) return false;
  age = *parsed;
  return true;
}

// Switches reads those of a form and counts what was there.
class Switches {
 public:
  explicit Switches(const Form& form) : form_(form) {}

  void read(std::string_view name, std::string_view on, std::string_view off, bool& field) {
    read(name, [&](std::string_view value) {
      field = value == on;
      return field || value == off;
    });
  }
  void read(std::string_view name, const auto& take) {
    if (!form_.has(name)) return;
    ++known_;
    good_ = take(form_.get(name)) && good_;
  }
  // all_good: every field of the form has been read, and had a value that is allowed.
  bool all_good() const noexcept { return good_ && known_ == form_.size(); }

 private:
  const Form& form_;
  std::size_t known_ = 0;
  bool good_ = true;
};

void read_demands(Switches& switches, VerifyOptions& options) {
  switches.read("level", [&](std::string_view text) { return read_level(text, options.level); });
  switches.read("max_auth_age",
                [&](std::string_view text) { return read_age(text, options.max_auth_age); });
  switches.read("bound", "1", "0", options.bound);
  switches.read("fresh", "1", "0", options.fresh);
}

}  // namespace

std::optional<VerifyOptions> VerifyOptions::parse(std::string_view query) {
  VerifyOptions options;
  if (query.empty()) return options;
  const auto form = Form::parse(query);
  if (!form) return std::nullopt;
  Switches switches(*form);
  read_demands(switches, options);
  switches.read("redirect", "auto", "never", options.redirect);
  switches.read("optional", "1", "0", options.optional);
  switches.read("preflight", "allow", "deny", options.allow_preflight);
  return switches.all_good() ? std::optional(options) : std::nullopt;
}

VerifyOptions VerifyOptions::parse_doubtful(std::string_view query) {
  VerifyOptions options;
  const auto form = Form::parse(query);
  if (!form) return options;
  Switches switches(*form);
  read_demands(switches, options);
  return options;
}

}  // namespace latchkey::http
