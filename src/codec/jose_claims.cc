#include <algorithm>
#include <cmath>

#include "codec/jose_parts.h"
#include "codec/text_decode.h"

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

Refusal check_type(const JoseHeader& header, const JoseOptions& options) {
  if (!options.typ) return std::nullopt;
  const JsonValue* typ = header.object.find("typ");
  const auto text = typ != nullptr ? json_string(*typ) : std::nullopt;
  if (text && full_type(*text) == full_type(*options.typ)) return std::nullopt;
  return claim_error("unexpected \"typ\" JWT header value", "typ", "check_failed");
}

// What the options speak about is asked for first, in this order, then the required claims from the
// last to the first.
Refusal check_presence(const JsonObject& claims, const JoseOptions& options) {
  std::vector<std::string> wanted;
  if (options.issuer) wanted.emplace_back("iss");
  if (options.subject) wanted.emplace_back("sub");
  if (options.audience) wanted.emplace_back("aud");
  if (options.max_token_age) wanted.emplace_back("iat");
  wanted.insert(wanted.end(), options.required_claims.rbegin(), options.required_claims.rend());
  for (const std::string& claim : wanted) {
    if (claims.find(claim) == nullptr) {
      return claim_error("missing required " + quoted(claim, "claim"), claim, "missing");
    }
  }
  return std::nullopt;
}

bool is_one_of(const JsonValue& value, const std::vector<std::string>& list) {
  const auto text = json_string(value);
  return text && contains(list, *text);
}

bool has_audience(const JsonValue& value, const std::vector<std::string>& wanted) {
  const auto elements = json_elements(value);
  if (!elements) return is_one_of(value, wanted);
  return std::any_of(elements->begin(), elements->end(),
                     [&](const JsonValue& element) { return is_one_of(element, wanted); });
}

Refusal check_parties(const JsonObject& claims, const JoseOptions& options) {
  const auto unexpected = [](std::string_view claim) {
    return claim_error("unexpected " + quoted(claim, "claim value"), claim, "check_failed");
  };
  if (options.issuer && !is_one_of(*claims.find("iss"), *options.issuer)) return unexpected("iss");
  if (options.subject && !json_equals(*claims.find("sub"), *options.subject))
    return unexpected("sub");
  if (options.audience && !has_audience(*claims.find("aud"), *options.audience)) {
    return unexpected("aud");
  }
  return std::nullopt;
}

// seconds_of returns nothing for text that is no duration.
std::optional<double> seconds_of(const JoseSeconds& value) {
  if (const double* number = std::get_if<double>(&value)) return *number;
  return jose_duration(std::get<std::string>(value));
}

// read_seconds reads an option that is a finite number not below zero.
Refusal read_seconds(const std::optional<JoseSeconds>& option, std::string_view name, double& out) {
  if (!option) return std::nullopt;
  const std::optional<double> seconds = seconds_of(*option);
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

Refusal check_age(double iat, double now, double tolerance, const JoseOptions& options) {
  double limit = 0;
  if (Refusal wrong = read_seconds(options.max_token_age, "maxTokenAge", limit)) return wrong;
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

Refusal check_times(const JsonObject& claims, const JoseOptions& options, double clock) {
  double tolerance = 0;
  if (Refusal wrong = read_seconds(options.clock_tolerance, "clockTolerance", tolerance))
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
  if (options.max_token_age) return check_age(*iat, now, tolerance, options);
  return std::nullopt;
}

}  // namespace

std::optional<JoseError> check_claims(std::string_view bytes, const JoseHeader& header,
                                      const JoseOptions& options, double now,
                                      std::string& payload) {
  const auto text = decode_utf8(bytes);
  const std::optional<JsonObject> claims = text ? JsonObject::parse(*text) : std::nullopt;
  if (!claims) return jose_error("JWTInvalid", "JWT Claims Set must be a top-level JSON object");
  if (Refusal wrong = check_type(header, options)) return wrong;
  if (Refusal wrong = check_presence(*claims, options)) return wrong;
  if (Refusal wrong = check_parties(*claims, options)) return wrong;
  if (Refusal wrong = check_times(*claims, options, now)) return wrong;
  payload = std::string{*text};
  return std::nullopt;
}

}  // namespace latchkey::codec
