#include <cmath>

#include "base/text.h"
#include "cli/batch/answers.h"
#include "cli/batch/line.h"
#include "codec/seal/fe26.h"
#include "codec/seal/iron_session.h"
#include "crypto/digest.h"

namespace latchkey::codec {
namespace {

// message_of is what the other implementations of the format say.
std::string message_of(SealReason reason, const std::string& id, std::size_t min_length) {
  switch (reason) {
    case SealReason::too_long:
      return "The seal is too long";
    case SealReason::wrong_parts:
      return "Incorrect number of sealed components";
    case SealReason::wrong_prefix:
      return "Wrong mac prefix";
    case SealReason::invalid_expiration:
      return "Invalid expiration";
    case SealReason::expired:
      return "Expired seal";
    case SealReason::unknown_password:
      return "Cannot find password: " + (id.empty() ? "default" : id);
    case SealReason::empty_password:
      return "Empty password";
    case SealReason::password_too_short:
      return "Password string too short (min " + std::to_string(min_length) +
             " characters required)";
    case SealReason::key_too_small:
      return "Key buffer (password) too small";
    case SealReason::bad_mac:
      return "Bad hmac value";
    case SealReason::invalid_character:
      return "Invalid character";
    case SealReason::bad_decrypt:
      return "The operation failed for an operation-specific reason";
    case SealReason::bad_json:
      return "Failed parsing sealed object JSON";
  }
  return {};
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]), low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

// read_secret reads text or {"$hex": bytes}; whatever else stands there is an empty password.
// Nothing for bytes that are no hexadecimal digits.
std::optional<SealSecret> read_secret(const JsonValue* form) {
  if (form == nullptr) return SealSecret::text("");
  if (const auto text = json_string(*form)) return SealSecret::text(*text);
  const auto object = JsonObject::parse(form->text);
  const auto hex = object ? text_member(*object, "$hex") : std::nullopt;
  if (!hex) return SealSecret::text("");
  const auto bytes = from_hex(*hex);
  if (!bytes) return std::nullopt;
  return SealSecret::raw_key(crypto::as_bytes(*bytes));
}

// read_password reads a secret, {secret}, or {encryption, integrity}.
std::optional<Fe26Password> read_password(std::string id, const JsonValue& form) {
  const auto object = JsonObject::parse(form.text);
  const JsonValue* secret = object ? object->find("secret") : nullptr;
  const JsonValue* encryption = object ? object->find("encryption") : nullptr;
  const JsonValue* integrity = object ? object->find("integrity") : nullptr;
  const bool apart = secret == nullptr && (encryption != nullptr || integrity != nullptr);
  auto first = read_secret(apart ? encryption : secret != nullptr ? secret : &form);
  auto second = apart ? read_secret(integrity) : std::nullopt;
  if (!first || (apart && !second)) return std::nullopt;
  return Fe26Password{{std::move(id), *std::move(first), std::move(second)}};
}

// read_id reads the id that a password seals under. A whole number is its digits, as in JavaScript.
std::string read_id(const JsonObject& password) {
  constexpr double kLimit = 9e15;
  const auto number = number_member(password, "id");
  if (!number) return text_member(password, "id").value_or("");
  const bool whole = std::floor(*number) == *number && std::abs(*number) < kLimit;
  return whole ? std::to_string(static_cast<std::int64_t>(*number))
               : std::string{password.find("id")->text};
}

// is_nothing tells what JavaScript takes for false: such an entry of a map is none.
bool is_nothing(const JsonValue& value) {
  return value.kind == JsonKind::null || value.text == "\"\"" || value.text == "false" ||
         json_number(value) == 0.0;
}

// read_ring reads a single password, which stands for every id, or a map by id. To iron-session a
// text is the password with the id 1. A list is a map nobody finds anything in.
std::optional<Fe26Ring> read_ring(const JsonValue& form, bool iron_session) {
  Fe26Ring ring;
  if (form.kind == JsonKind::array) return ring;
  const auto map = JsonObject::parse(form.text);
  if (!map || map->find("$hex") != nullptr) {
    const bool numbered = iron_session && form.kind == JsonKind::string;
    auto password = read_password(numbered ? "1" : "", form);
    if (!password) return std::nullopt;
    ring.any_id = !numbered;
    ring.passwords.push_back(*std::move(password));
    return ring;
  }
  // The last of a repeated id counts, as everywhere.
  for (auto it = map->members().rbegin(); it != map->members().rend(); ++it) {
    if (is_nothing(it->value)) continue;
    auto password = read_password(json_name(*it), it->value);
    if (!password) return std::nullopt;
    ring.passwords.push_back(*std::move(password));
  }
  return ring;
}

std::int64_t to_int(double value) noexcept {
  constexpr double kLimit = 9e15;
  if (!(value > -kLimit)) return -static_cast<std::int64_t>(kLimit);
  return static_cast<std::int64_t>(std::floor(std::min(value, kLimit)));
}

bool read_key_options(const JsonObject& options, std::string_view name, Fe26KeyOptions& out,
                      std::string& algorithm) {
  const JsonValue* value = options.find(name);
  if (value == nullptr) return true;
  const auto given = JsonObject::parse(value->text);
  if (!given) return false;
  const double salt_bits = number_member(*given, "saltBits").value_or(256);
  const double iterations = number_member(*given, "iterations").value_or(1);
  const double length = number_member(*given, "minPasswordlength").value_or(32);
  if (!(iterations >= 1 && iterations <= 10'000'000) || !(length >= 0 && length <= 1e6)) {
    return false;
  }
  // A reader takes the salt as it comes; a sealer refuses to make one of no or too many bits.
  out.salt_bits = salt_bits >= 8 && salt_bits <= 512 ? static_cast<std::uint32_t>(salt_bits) : 0;
  out.iterations = static_cast<std::uint32_t>(iterations);
  out.min_password_length = static_cast<std::size_t>(length);
  algorithm = text_member(*given, "algorithm").value_or(algorithm);
  return true;
}

// SealLineOptions keeps times as JavaScript computes with them, with fractions: `shown` is what the
// clock of this side shows, `judged` the moment a seal must outlive.
struct SealLineOptions {
  Fe26Options format;
  double shown = 0, judged = 0;
};

std::optional<SealLineOptions> read_options(const BatchLine& line, std::int64_t now_ms) {
  SealLineOptions read;
  Fe26Options& out = read.format;
  out.skew_ms = 0;  // stands in `judged`
  const auto options = line.object("options");
  const auto number = [&](std::string_view name, double otherwise) {
    return options ? number_member(*options, name).value_or(otherwise) : otherwise;
  };
  read.shown = line.number("now_ms").value_or(static_cast<double>(now_ms)) +
               number("localtimeOffsetMsec", 0);
  read.judged = read.shown - number("timestampSkewSec", 60) * 1000;
  const double ttl = number("ttl", 0);
  out.ttl_ms = to_int(ttl > 0 ? std::ceil(ttl) : ttl);  // a short life must not become 0: endless
  if (!options) return read;
  std::string cipher = "aes-256-cbc", mac = "sha256";
  if (!read_key_options(*options, "encryption", out.encryption, cipher) ||
      !read_key_options(*options, "integrity", out.integrity, mac) || mac != "sha256") {
    return std::nullopt;
  }
  if (cipher == "aes-128-ctr") {
    out.cipher = SealCipher::aes_128_ctr;
  } else if (cipher != "aes-256-cbc") {
    return std::nullopt;
  }
  return read;
}

}  // namespace

std::string unseal_line(std::string_view text, std::int64_t now_ms) {
  const auto line = BatchLine::parse(text);
  if (!line) return bad_line();
  const auto sealed = line->text("seal");
  const JsonValue* form = line->find("password");
  const auto options = read_options(*line, now_ms);
  if (!sealed || !options) return line->refuse("bad_input", "seal, password and options");
  const bool iron_session =
      sealed->find('~') != std::string::npos || line->text("layer") == "iron-session";
  const std::string_view seal = iron_session ? split_iron_cookie(*sealed).seal : *sealed;
  const auto ring =
      read_ring(form != nullptr ? *form : JsonValue{JsonKind::null, "null"}, iron_session);
  if (!ring) return line->refuse("bad_input", "the password has none of the known forms");
  const Fe26Result result = fe26_unseal(seal, *ring, options->format, to_int(options->judged));
  if (!result.opened) {
    const std::size_t star = std::min(seal.find('*'), seal.size() - 1);
    const std::string id{seal.empty() ? ""
                                      : seal.substr(star + 1, seal.find('*', star + 1) - star - 1)};
    std::string out = line->answer(false);
    append_member(out, "error", seal_reason_name(result.reason));
    append_member(out, "message",
                  message_of(result.reason, id, options->format.integrity.min_password_length));
    append_member(out, "reason", iron_session_reason(result.reason));
    return out + '}';
  }
  std::string out = line->answer(true) + ",\"value\":";
  append_compact(out, iron_session ? iron_session_value(result.opened->json) : result.opened->json);
  return out + '}';
}

std::string seal_line(std::string_view text, std::int64_t now_ms) {
  const auto line = BatchLine::parse(text);
  if (!line) return bad_line();
  const JsonValue* value = line->find("value");
  const JsonValue* form = line->find("password");
  const auto options = read_options(*line, now_ms);
  if (value == nullptr || form == nullptr || !options) {
    return line->refuse("bad_input", "value, password and options");
  }
  const bool iron_session = line->text("layer") == "iron-session";
  const auto object = JsonObject::parse(form->text);
  std::string id = object ? read_id(*object) : "";
  if (iron_session) id = "1";
  const auto password = read_password(std::move(id), *form);
  if (!password) return line->refuse("bad_input", "the password has none of the known forms");
  std::string json;
  append_compact(json, value->text);
  Result<std::string> seal =
      fe26_seal(json, *password, options->format, to_int(options->shown), system_entropy());
  if (!seal) return line->refuse(error_name(seal.error().code), seal.error().detail);
  if (iron_session) *seal += kIronSuffix;
  std::string out = line->answer(true);
  append_member(out, "seal", *seal);
  return out + '}';
}

}  // namespace latchkey::codec
