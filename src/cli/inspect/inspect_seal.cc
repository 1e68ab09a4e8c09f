#include <algorithm>
#include <array>
#include <charconv>

#include "cli/inspect/inspect.h"
#include "codec/seal/iron_session.h"
#include "codec/seal/passwords.h"
#include "latchkey/codec/seal.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kParts = 8;
constexpr Millis kTolerance = std::chrono::seconds{60};

// parts_of splits at every star; empty unless there are eight parts.
std::vector<std::string_view> parts_of(std::string_view seal) {
  std::vector<std::string_view> parts;
  while (parts.size() <= kParts) {
    const std::size_t star = seal.find('*');
    parts.push_back(seal.substr(0, star));
    if (star == std::string_view::npos) break;
    seal.remove_prefix(star + 1);
  }
  return parts.size() == kParts ? parts : std::vector<std::string_view>{};
}

// Nobody has checked this part yet: a far or missing time proves nothing.
void tell_expiry(std::string_view part, const InspectWith& with, InspectReport& report) {
  if (part.empty()) return report.add("expires", "never");
  std::int64_t millis = 0;
  const auto read = std::from_chars(part.data(), part.data() + part.size(), millis);
  if (read.ec != std::errc{} || read.ptr != part.data() + part.size() || millis < 0) {
    return report.refuse("invalid_expiration");
  }
  const UnixTime expires = from_unix_millis(millis);
  report.add_time("expires", expires, with.now);
  report.add("tolerance", "a seal opens 60 s longer");
  if (expires <= kNever && expires + kTolerance <= with.now) report.refuse("expired");
}

std::string explain(SealReason reason) {
  std::string text{seal_reason_name(reason)};
  switch (reason) {
    case SealReason::unknown_password:
      return text + ": the key file has no password with the seal's id";
    case SealReason::bad_mac:
      return text + ": changed, or sealed with another password";
    case SealReason::bad_decrypt:
      return text + ": authentic, but made with another cipher";
    default:
      return text;
  }
}

void open_seal(std::string_view seal, const InspectWith& with, InspectReport& report) {
  auto passwords = codec::read_passwords(*with.key, with.raw_key, "");
  if (!passwords) return report.refuse(passwords.error().detail);
  const Result<Sealer> sealer = Sealer::make(*std::move(passwords));
  if (!sealer) return report.refuse("the key cannot be one: " + sealer.error().detail);
  const Unsealed opened = sealer->unseal(seal, with.now);
  if (!opened) return report.refuse(explain(opened.reason()));
  tell_content(opened.json(), with, report);
  report.accept("the password opens it");
}

}  // namespace

void inspect_iron_seal(const Subject& subject, const InspectWith& with, InspectReport& report) {
  const codec::IronCookie cookie = codec::split_iron_cookie(subject.value);
  const bool suffix = cookie.seal.size() != subject.value.size();
  report.add("kind", suffix ? "Fe26.2 seal in a cookie of iron-session"
                            : "Fe26.2 seal (@hapi/iron, iron-webcrypto)");
  const auto parts = parts_of(cookie.seal);
  if (parts.empty()) return report.refuse("wrong_parts");
  if (parts[0] != "Fe26.2") return report.refuse("wrong_prefix");
  const bool raw = parts[2].empty();
  report.add("key", (parts[1].empty() ? std::string{"a password; the seal names none"}
                                      : "password id " + std::string{parts[1]}) +
                        (raw ? ", raw bytes" : ""));
  report.add("issued", "a seal does not say");
  tell_expiry(parts[5], with, report);
  if (with.key) return open_seal(cookie.seal, with, report);
  report.leave_open("no password was given (--key-file)");
}

}  // namespace latchkey::cli
