#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/jose/jose.h"
#include "codec/json/text.h"
#include "crypto/hmac_key.h"

namespace latchkey::codec {

// Errors of jose, by class.
JoseError jose_error(std::string_view name, std::string_view message);
JoseError claim_error(std::string_view message, std::string_view claim, std::string_view reason);
JoseError type_error(std::string_view message);

// split_compact splits at every dot; nothing unless there are exactly N parts.
template <std::size_t N>
std::optional<std::array<std::string_view, N>> split_compact(std::string_view token) noexcept {
  std::array<std::string_view, N> parts;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const std::size_t dot = token.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    parts[i] = token.substr(0, dot);
    token.remove_prefix(dot + 1);
  }
  if (token.find('.') != std::string_view::npos) return std::nullopt;
  parts[N - 1] = token;
  return parts;
}

// LooseBytes is base64url as jose's decoder reads it: blanks, padding and unused bits do not
// matter. `canonical` tells whether it is the one form accepted here; the loose reading only
// decides which of jose's errors a token gets.
struct LooseBytes {
  std::string bytes;
  bool canonical = false;
};
std::optional<LooseBytes> decode_loosely(std::string_view text);

// JoseHeader is a decoded protected header.
struct JoseHeader {
  std::string text;  // JSON, without a byte order mark
  JsonObject object;
  bool canonical = false;
  // text_of returns a member that is non-empty text.
  std::optional<std::string> text_of(std::string_view name) const;
};
std::optional<JoseHeader> parse_jose_header(std::string_view encoded);

// check_crit checks the header's `crit`; `b64` receives false when an unencoded payload is asked
// for.
std::optional<JoseError> check_crit(const JoseHeader& header, const JoseOptions& options,
                                    std::string_view invalid, bool* b64);

// jose_scalar returns text that is equal for values that JavaScript's === takes for equal; empty
// for an object or array, which equals nothing.
std::string jose_scalar(const JsonValue& value);

// Given is an option of jose: absent, or given, and then with its value or, inside, with nothing
// when it is of a type jose cannot use. JavaScript finds that out when it comes to use it, not
// before.
template <class T>
using Given = std::optional<std::optional<T>>;

// ClaimRules is what claims are checked by. Issuer, subject and audience are compared as scalars.
struct ClaimRules {
  Given<std::string> typ;
  std::optional<std::vector<std::string>> issuer;
  std::optional<std::string> subject;
  Given<std::vector<std::string>> audience;
  Given<std::vector<std::string>> required_claims;
  Given<JoseSeconds> clock_tolerance;
  Given<JoseSeconds> max_token_age;
};
ClaimRules claim_rules(const JoseOptions& options);

// check_claims applies the rules to a set of claims. On success `payload` holds the JSON text.
std::optional<JoseError> check_claims(std::string_view bytes, const JoseHeader& header,
                                      const ClaimRules& rules, double now, std::string& payload);

// judge_jws and judge_jwe are jose_verify and jose_decrypt with the claims' rules apart from the
// rest of the options.
JoseOutcome judge_jws(std::string_view token, crypto::Bytes key, const JoseOptions& options,
                      const ClaimRules& rules, double now);
JoseOutcome judge_jwe(std::string_view token, crypto::Bytes key, const JoseOptions& options,
                      const ClaimRules& rules, double now);

// JwsContent is what an authentic compact JWS holds, whatever it is.
struct JwsContent {
  JoseHeader header;
  std::string payload;
};
std::variant<JwsContent, JoseError> open_jws(std::string_view token, crypto::Bytes key,
                                             const JoseOptions& options);

bool contains(const std::vector<std::string>& list, std::string_view text) noexcept;

}  // namespace latchkey::codec
