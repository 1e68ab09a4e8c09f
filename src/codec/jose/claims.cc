#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "codec/jose/parts.h"
#include "codec/text/decode.h"

namespace latchkey::codec {
namespace {

using Refusal = std::optional<JoseError>;

JoseError expired(std::string_view message, std::string_view claim) {
  JoseError error = jose_error("JWTExpired", message);
  error.claim = claim;
  error.reason = "check_failed";
  return error;
}

std::string quoted(std::string_view claim, std::string_view rest) {
  return '"' + std::string{claim} + "\" " + std::string{rest};
}

std::string full_type(std::string_view type) {
  std::string lower{type};
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return type.find('/') == std::string_view::npos ? "application/" + lower : lower;
}

JoseError wrong_type(std::string_view option) {
  return type_error(quoted(option, "option has the wrong type"));
}

Refusal check_type(const JoseHeader& header, const ClaimRules& rules) {
  if (!rules.typ) return std::nullopt;
  const JsonValue* typ = header.object.find("typ");
  const auto text = typ != nullptr ? json_string(*typ) : std::nullopt;
  if (text && !*rules.typ) return wrong_type("typ");
  if (text && full_type(*text) == full_type(**rules.typ)) return std::nullopt;
  return claim_error("unexpected \"typ\" JWT header value", "typ", "check_failed");
}

// What the options speak about is asked for first, in this order, then the required claims from the
// last to the first.
Refusal check_presence(const JsonObject& claims, const ClaimRules& rules) {
  std::vector<std::string> wanted;
  if (rules.issuer) wanted.emplace_back("iss");
  if (rules.subject) wanted.emplace_back("sub");
  if (rules.audience) wanted.emplace_back("aud");
  if (rules.max_token_age) wanted.emplace_back("iat");
  if (rules.required_claims) {
    const auto& required = *rules.required_claims;
    if (!required) return wrong_type("requiredClaims");
    wanted.insert(wanted.end(), required->rbegin(), required->rend());
  }
  for (const std::string& claim : wanted) {
    if (claims.find(claim) == nullptr) {
      return claim_error("missing required " + quoted(claim, "claim"), claim, "missing");
    }
  }
  return std::nullopt;
}

bool is_one_of(const JsonValue& value, const std::vector<std::string>& scalars) {
  const std::string scalar = jose_scalar(value);
  return !scalar.empty() && contains(scalars, scalar);
}

Refusal unexpected(std::string_view claim) {
  return claim_error("unexpected " + quoted(claim, "claim value"), claim, "check_failed");
}

Refusal check_audience(const JsonValue& value, const Given<std::vector<std::string>>& wanted) {
  const auto elements = json_elements(value);
  if (!elements && value.kind != JsonKind::string) return unexpected("aud");
  if (!*wanted) return wrong_type("audience");
  const auto holds = [&](const JsonValue& element) { return is_one_of(element, **wanted); };
  const bool held =
      elements ? std::any_of(elements->begin(), elements->end(), holds) : holds(value);
  return held ? std::nullopt : unexpected("aud");
}

Refusal check_parties(const JsonObject& claims, const ClaimRules& rules) {
  if (rules.issuer && !is_one_of(*claims.find("iss"), *rules.issuer)) return unexpected("iss");
  if (rules.subject && !is_one_of(*claims.find("sub"), {*rules.subject})) return unexpected("sub");
  return rules.audience ? check_audience(*claims.find("aud"), rules.audience) : std::nullopt;
}

// seconds_of returns nothing for text that is no duration.
std::optional<double> seconds_of(const JoseSeconds& value) {
  if (const double* number = std::get_if<double>(&value)) return *number;
  return jose_duration(std::get<std::string>(value));
}

// read_seconds reads an option that is a finite number not below zero.
Refusal read_seconds(const Given<JoseSeconds>& option, std::string_view name, double& out) {
  if (!option) return std::nullopt;
  if (!*option) return wrong_type(name);
  const std::optional<double> seconds = seconds_of(**option);
  if (!seconds) return type_error("Invalid time period format");
  if (!std::isfinite(*seconds) || *seconds < 0) {
    return type_error("Invalid " + std::string{name} + " option input");
  }
  out = *seconds;
  return std::nullopt;
}

// read_date reads a claim that must be a number if it is there.
Refusal read_date(const JsonObject& claims, std::string_view claim, std::optional<double>& out) {
  const JsonValue* value = claims.find(claim);
  if (value == nullptr) return std::nullopt;
  out = json_number(*value);
  if (!out) return claim_error(quoted(claim, "claim must be a number"), claim, "invalid");
  return std::nullopt;
}

Refusal check_age(double iat, double now, double tolerance, const ClaimRules& rules) {
  double limit = 0;
  if (Refusal wrong = read_seconds(rules.max_token_age, "maxTokenAge", limit)) return wrong;
  const double age = now - iat;
  if (age - tolerance > limit) {
    return expired("\"iat\" claim timestamp check failed (too far in the past)", "iat");
  }
  if (age < -tolerance) {
    return claim_error("\"iat\" claim timestamp check failed (it should be in the past)", "iat",
                       "check_failed");
  }
  return std::nullopt;
}

Refusal check_times(const JsonObject& claims, const ClaimRules& rules, double clock) {
  double tolerance = 0;
  if (Refusal wrong = read_seconds(rules.clock_tolerance, "clockTolerance", tolerance))
    return wrong;
  const double now = std::floor(clock);
  if (!std::isfinite(now)) return type_error("Invalid currentDate option input");
  std::optional<double> iat, nbf, exp;
  if (Refusal wrong = read_date(claims, "iat", iat)) return wrong;
  if (Refusal wrong = read_date(claims, "nbf", nbf)) return wrong;
  if (nbf && *nbf > now + tolerance) {
    return claim_error("\"nbf\" claim timestamp check failed", "nbf", "check_failed");
  }
  if (Refusal wrong = read_date(claims, "exp", exp)) return wrong;
  if (exp && *exp <= now - tolerance) return expired("\"exp\" claim timestamp check failed", "exp");
  if (rules.max_token_age) return check_age(*iat, now, tolerance, rules);
  return std::nullopt;
}

}  // namespace

std::string jose_scalar(const JsonValue& value) {
  if (auto text = json_string(value)) return '"' + *text;
  if (const auto number = json_number(value)) {
    std::array<char, 32> digits;
    const double plain = *number == 0 ? 0 : *number;  // -0 === 0
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), plain).ptr};
  }
  const bool compared = value.kind == JsonKind::boolean || value.kind == JsonKind::null;
  return compared ? std::string{value.text} : std::string{};
}

ClaimRules claim_rules(const JoseOptions& options) {
  const auto scalars = [](const std::vector<std::string>& texts) {
    std::vector<std::string> out;
    for (const std::string& text : texts) out.push_back('"' + text);
    return out;
  };
  ClaimRules rules;
  if (options.typ) rules.typ = options.typ;
  if (options.issuer) rules.issuer = scalars(*options.issuer);
  if (options.subject) rules.subject = '"' + *options.subject;
  if (options.audience) rules.audience = scalars(*options.audience);
  rules.required_claims = options.required_claims;
  if (options.clock_tolerance) rules.clock_tolerance = options.clock_tolerance;
  if (options.max_token_age) rules.max_token_age = options.max_token_age;
  return rules;
}

std::optional<JoseError> check_claims(std::string_view bytes, const JoseHeader& header,
                                      const ClaimRules& rules, double now, std::string& payload) {
  const auto text = decode_utf8(bytes);
  const std::optional<JsonObject> claims = text ? JsonObject::parse(*text) : std::nullopt;
  if (!claims) return jose_error("JWTInvalid", "JWT Claims Set must be a top-level JSON object");
  if (Refusal wrong = check_type(header, rules)) return wrong;
  if (Refusal wrong = check_presence(*claims, rules)) return wrong;
  if (Refusal wrong = check_parties(*claims, rules)) return wrong;
  if (Refusal wrong = check_times(*claims, rules, now)) return wrong;
  payload = std::string{*text};
  return std::nullopt;
}

}  // namespace latchkey::codec
