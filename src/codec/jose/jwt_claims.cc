#include "codec/jose/jwt_claims.h"

#include <algorithm>
#include <cmath>

#include "codec/json/text.h"
#include "codec/text/decode.h"

namespace latchkey::codec {
namespace {

// A token from a clock that runs ahead is no forgery: one minute is let pass.
constexpr Millis kMaxAhead = std::chrono::seconds{60};

std::optional<JsonObject> strict_object(std::string_view text) {
  // Also refuses a byte order mark, which the decoder would take off.
  const auto decoded = decode_utf8(text);
  if (!decoded || decoded->size() != text.size()) return std::nullopt;
  std::optional<JsonObject> object = JsonObject::parse(text, kMaxJwtDepth);
  if (object && object->has_duplicates()) return std::nullopt;
  return object;
}

// Date is a claim that is not there, a moment from 1970 to 9999, or nonsense.
struct Date {
  bool bad = false;
  std::optional<UnixTime> at;
};

Date read_date(const JsonObject& claims, std::string_view name) {
  const JsonValue* value = claims.find(name);
  if (value == nullptr) return {};
  const std::optional<double> seconds = json_number(*value);
  const auto limit = static_cast<double>(to_unix_millis(kNever) / 1000);
  if (!seconds || !(*seconds >= 0 && *seconds <= limit)) return {true, std::nullopt};
  return {false, from_unix_millis(static_cast<std::int64_t>(std::floor(*seconds * 1000)))};
}

bool names_audience(const JsonValue* value, const std::string& audience) {
  if (value == nullptr) return false;
  if (json_equals(*value, audience)) return true;
  const auto elements = json_elements(*value);
  return elements && std::any_of(elements->begin(), elements->end(), [&](const JsonValue& element) {
           return json_equals(element, audience);
         });
}

std::optional<JwtReason> check_issued(const std::optional<UnixTime>& iat, const JwtRules& rules,
                                      UnixTime now) {
  if (iat && *iat > add(now, std::max(kMaxAhead, rules.clock_tolerance))) {
    return JwtReason::issued_in_future;
  }
  if (rules.max_age == Millis{0}) return std::nullopt;
  if (!iat) return JwtReason::bad_claims;
  if (now - *iat > rules.max_age + rules.clock_tolerance) return JwtReason::too_old;
  return std::nullopt;
}

}  // namespace

std::optional<JwtReason> check_jwt_claims(std::string_view text, const JwtRules& rules,
                                          UnixTime now, JwtTimes& times) {
  const std::optional<JsonObject> claims = strict_object(text);
  if (!claims) return JwtReason::bad_claims;
  const Date exp = read_date(*claims, "exp"), nbf = read_date(*claims, "nbf"),
             iat = read_date(*claims, "iat");
  if (exp.bad || nbf.bad || iat.bad) return JwtReason::bad_claims;
  if (!exp.at && !rules.allow_missing_expiry) return JwtReason::missing_expiry;
  if (exp.at && now >= add(*exp.at, rules.clock_tolerance)) return JwtReason::expired;
  if (nbf.at && *nbf.at > add(now, rules.clock_tolerance)) return JwtReason::not_yet_valid;
  if (const auto reason = check_issued(iat.at, rules, now)) return reason;
  if (!rules.issuer.empty()) {
    const JsonValue* issuer = claims->find("iss");
    if (issuer == nullptr || !json_equals(*issuer, rules.issuer)) return JwtReason::wrong_issuer;
  }
  if (!rules.audience.empty() && !names_audience(claims->find("aud"), rules.audience)) {
    return JwtReason::wrong_audience;
  }
  times = {exp.at, iat.at};
  return std::nullopt;
}

std::optional<std::string> add_jwt_claims(std::string_view text, const JwtRules& rules,
                                          std::optional<UnixTime> expires_at, UnixTime now) {
  const std::optional<JsonObject> claims = strict_object(text);
  if (!claims) return std::nullopt;
  for (const std::string_view name : {"iat", "exp", "iss", "aud"}) {
    if (claims->find(name) != nullptr) return std::nullopt;
  }
  if (read_date(*claims, "nbf").bad) return std::nullopt;
  const auto seconds = [](UnixTime time) { return std::to_string(to_unix_millis(time) / 1000); };
  std::string out;
  out.reserve(text.size() + 48 + rules.issuer.size() + rules.audience.size());
  out = text.substr(0, text.rfind('}'));
  if (!claims->members().empty()) out.push_back(',');
  out += "\"iat\":" + seconds(now);
  if (expires_at) out += ",\"exp\":" + seconds(*expires_at);
  const auto add_text = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    out += name;
    append_quoted(out, value);
  };
  add_text(",\"iss\":", rules.issuer);
  add_text(",\"aud\":", rules.audience);
  out.push_back('}');
  return out;
}

}  // namespace latchkey::codec
