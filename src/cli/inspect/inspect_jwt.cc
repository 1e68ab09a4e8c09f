#include <cmath>

#include "cli/inspect/inspect.h"
#include "codec/jose/parts.h"
#include "crypto/digest.h"
#include "latchkey/authjs.h"
#include "latchkey/codec/jwt.h"

namespace latchkey::cli {
namespace {

using codec::JoseHeader;
using codec::JsonObject;

JoseHeader header_of(const Subject& subject) {
  return *codec::parse_jose_header(
      std::string_view{subject.value}.substr(0, subject.value.find('.')));
}

void tell_header(const JoseHeader& header, InspectReport& report) {
  for (const char* name : {"alg", "enc", "typ"}) {
    if (const auto text = header.text_of(name)) report.add(name, *text);
  }
}

void tell_time(const JsonObject& claims, std::string_view claim, std::string_view name,
               const InspectWith& with, InspectReport& report) {
  const codec::JsonValue* value = claims.find(claim);
  if (value == nullptr) return;
  const auto seconds = codec::json_number(*value);
  if (!seconds || !(std::abs(*seconds) < 1e12)) return report.add(name, "no sensible time");
  report.add_time(name, from_unix_millis(std::llround(*seconds * 1000)), with.now);
}

// tell_revision tells a number of a session that is no content.
void tell_revision(std::string_view payload, InspectReport& report) {
  const auto claims = JsonObject::parse(payload);
  const codec::JsonValue* revision = claims ? claims->find("rev") : nullptr;
  const auto number = revision != nullptr ? codec::json_number(*revision) : std::nullopt;
  report.add("revision",
             number && std::abs(*number) < 1e16 ? std::to_string(std::llround(*number)) : "none");
}

// tell_claims names the members; values are content.
void tell_claims(std::string_view payload, const InspectWith& with, InspectReport& report) {
  const auto claims = JsonObject::parse(payload);
  if (!claims) return report.add("claims", "no JSON object");
  tell_time(*claims, "iat", "issued", with, report);
  tell_time(*claims, "nbf", "not before", with, report);
  tell_time(*claims, "exp", "expires", with, report);
  if (claims->find("exp") == nullptr) report.add("expires", "never");
  std::string names;
  for (const codec::JsonMember& member : claims->members()) {
    names.append(names.empty() ? "" : ", ").append(codec::json_name(member));
  }
  report.add("claims", names.empty() ? "none" : names);
  tell_content(payload, with, report);
}

// is_expired reads a claim that nobody has checked: past it a token is refused whoever signed it.
bool is_expired(std::string_view payload, UnixTime now) {
  const auto claims = JsonObject::parse(payload);
  const codec::JsonValue* exp = claims ? claims->find("exp") : nullptr;
  const auto seconds = exp != nullptr ? codec::json_number(*exp) : std::nullopt;
  return seconds && *seconds * 1000 <= static_cast<double>(to_unix_millis(now));
}

std::optional<JwtAlgorithm> signing_algorithm(const JoseHeader& header) {
  const auto name = header.text_of("alg");
  if (name == "HS256") return JwtAlgorithm::hs256;
  if (name == "HS384") return JwtAlgorithm::hs384;
  if (name == "HS512") return JwtAlgorithm::hs512;
  return std::nullopt;
}

std::string explain(JwtReason reason) {
  std::string text{jwt_reason_name(reason)};
  if (reason == JwtReason::bad_signature) text += ": changed, or signed with another key";
  if (reason == JwtReason::missing_expiry) text += ": it would never end";
  return text;
}

// verify_with judges by the strict rules of sessions.
void verify_with(std::vector<JwtKey> keys, const Subject& subject, const InspectWith& with,
                 InspectReport& report) {
  const Result<JwtCodec> codec = JwtCodec::make(std::move(keys));
  if (!codec) return report.refuse("the key cannot be one: " + codec.error().detail);
  const JwtVerdict verdict = codec->verify(subject.value, with.now);
  if (!verdict) return report.refuse(explain(verdict.reason()));
  report.accept("the signature is right");
  const auto claims = JsonObject::parse(verdict->claims());
  const codec::JsonValue* epoch = claims ? claims->find("ep") : nullptr;
  const auto id = verdict->text_claim("sid");
  if (!with.ring || epoch == nullptr || !id) return;
  const auto user = UserId::parse(verdict->text_claim("sub").value_or(""));
  const double number = codec::json_number(*epoch).value_or(-1);
  tell_standing(*id, user.value_or(UserId{}), std::llround(number), with, report);
}

std::vector<JwtKey> ring_keys(const KeyRing& ring) {
  std::vector<JwtKey> keys;
  for (const Key& key : ring.keys()) {
    if (key.state == KeyState::gone) continue;
    keys.push_back({JwtAlgorithm::hs256, ring.derive(key, "signed session"), key.id});
  }
  return keys;
}

// Cookie names decide the keys of Auth.js 5.
std::vector<AuthjsOptions> authjs_guesses(const Subject& subject) {
  std::vector<AuthjsOptions> guesses;
  if (!subject.name.empty()) guesses.push_back({AuthjsVersion::v5, subject.name});
  guesses.push_back({AuthjsVersion::v5, "authjs.session-token"});
  guesses.push_back({AuthjsVersion::v5, "__Secure-authjs.session-token"});
  guesses.push_back({AuthjsVersion::v4, ""});
  return guesses;
}

// tell_opened reports an outcome; false when another key might do better.
bool tell_opened(const JoseOutcome& outcome, std::string_view by, const InspectWith& with,
                 InspectReport& report) {
  if (const auto* token = std::get_if<JoseToken>(&outcome)) {
    tell_claims(token->payload, with, report);
    report.accept(by);
    return true;
  }
  const auto& error = std::get<JoseError>(outcome);
  const bool authentic = error.code == "ERR_JWT_EXPIRED" || !error.claim.empty();
  if (authentic)
    report.refuse((error.code == "ERR_JWT_EXPIRED" ? "expired: " : "") + error.message);
  return authentic;
}

void decrypt(const Subject& subject, const InspectWith& with, InspectReport& report) {
  for (const AuthjsOptions& guess : authjs_guesses(subject)) {
    std::vector<SecretBytes> secrets;
    secrets.emplace_back(with.key->bytes());
    const Result<AuthjsCookies> cookies = AuthjsCookies::make(secrets, guess);
    if (!cookies) continue;
    const bool five = guess.version == AuthjsVersion::v5;
    const std::string by =
        five ? "as a cookie " + guess.salt + " of Auth.js 5" : "as a session cookie of Auth.js 4";
    if (tell_opened(cookies->decode(subject.value, with.now), by, with, report)) return;
  }
  const double seconds = static_cast<double>(to_unix_millis(with.now)) / 1000;
  const JoseOutcome direct = jose_decrypt(subject.value, with.key->bytes(), {}, seconds);
  if (tell_opened(direct, "the key opens it", with, report)) return;
  const auto& error = std::get<JoseError>(direct);
  report.refuse(error.code == "ERR_JWE_DECRYPTION_FAILED" || error.code == "ERR_JWE_INVALID"
                    ? "it does not open: changed, or encrypted with another key"
                    : error.message);
}

}  // namespace

void inspect_jws(const Subject& subject, const InspectWith& with, InspectReport& report) {
  const JoseHeader header = header_of(subject);
  const bool ours = header.text_of("typ") == "sess+jwt";
  report.add("kind", ours ? "signed session of latchkey (JWS)" : "signed token (JWS)");
  tell_header(header, report);
  const auto kid = header.text_of("kid");
  report.add("key", kid ? "key id " + *kid : "the secret it was signed with; it names none");
  const auto parts = codec::split_compact<3>(subject.value);
  const auto payload = codec::decode_loosely((*parts)[1]);
  tell_claims(payload ? payload->bytes : "", with, report);
  if (ours) tell_revision(payload ? payload->bytes : "", report);
  const auto algorithm = signing_algorithm(header);
  if (!algorithm) return report.refuse("unsupported: not signed with a shared secret");
  if (with.key) {
    std::vector<JwtKey> keys;
    keys.push_back({*algorithm, SecretBytes{with.key->bytes()}, kid.value_or("")});
    return verify_with(std::move(keys), subject, with, report);
  }
  if (with.ring && ours) return verify_with(ring_keys(*with.ring), subject, with, report);
  if (payload && is_expired(payload->bytes, with.now)) return report.refuse("expired");
  report.leave_open("no key was given (--key-file)");
}

void inspect_jwe(const Subject& subject, const InspectWith& with, InspectReport& report) {
  const JoseHeader header = header_of(subject);
  const auto alg = header.text_of("alg"), enc = header.text_of("enc"), kid = header.text_of("kid");
  const bool five = alg == "dir" && enc == "A256CBC-HS512" && kid && kid->size() == 86;
  const bool four = alg == "dir" && enc == "A256GCM" && header.object.members().size() == 2;
  report.add("kind", five   ? "encrypted token (JWE), by its form a cookie of Auth.js 5"
                     : four ? "encrypted token (JWE), by its form a cookie of Auth.js 4 (next-auth)"
                            : "encrypted token (JWE)");
  tell_header(header, report);
  report.add("key", kid ? "key id " + *kid : five || four ? "AUTH_SECRET" : "it names none");
  if (with.key) return decrypt(subject, with, report);
  report.add("issued", "told by the encrypted content only, as is its expiry");
  report.leave_open("no key was given (--key-file)");
}

}  // namespace latchkey::cli
