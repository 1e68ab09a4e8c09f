#include "codec/jose/parts.h"

#include <algorithm>

#include "base/base64url_into.h"
#include "codec/text/decode.h"

namespace latchkey::codec {
namespace {

struct Class {
  std::string_view name, code;
};
constexpr Class kClasses[] = {
    {"JWSInvalid", "ERR_JWS_INVALID"},
    {"JWSSignatureVerificationFailed", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"},
    {"JWEInvalid", "ERR_JWE_INVALID"},
    {"JWEDecryptionFailed", "ERR_JWE_DECRYPTION_FAILED"},
    {"JWTInvalid", "ERR_JWT_INVALID"},
    {"JWTExpired", "ERR_JWT_EXPIRED"},
    {"JWTClaimValidationFailed", "ERR_JWT_CLAIM_VALIDATION_FAILED"},
    {"JOSEAlgNotAllowed", "ERR_JOSE_ALG_NOT_ALLOWED"},
    {"JOSENotSupported", "ERR_JOSE_NOT_SUPPORTED"},
};

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

}  // namespace

JoseError jose_error(std::string_view name, std::string_view message) {
  const auto* const known = std::find_if(std::begin(kClasses), std::end(kClasses),
                                         [&](const Class& c) { return c.name == name; });
  return {std::string{name},
          known == std::end(kClasses) ? std::string{} : std::string{known->code},
          std::string{message},
          {},
          {}};
}

JoseError type_error(std::string_view message) { return jose_error("TypeError", message); }

JoseError claim_error(std::string_view message, std::string_view claim, std::string_view reason) {
  JoseError error = jose_error("JWTClaimValidationFailed", message);
  error.claim = claim;
  error.reason = reason;
  return error;
}

bool contains(const std::vector<std::string>& list, std::string_view text) noexcept {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::optional<LooseBytes> decode_loosely(std::string_view text) {
  std::string dense;
  std::copy_if(text.begin(), text.end(), std::back_inserter(dense),
               [](char c) { return !is_blank(c); });
  if (dense.size() % 4 == 0) {
    for (int i = 0; i < 2 && dense.ends_with('='); ++i) dense.pop_back();
  }
  LooseBytes loose;
  loose.bytes.resize(dense.size() / 4 * 3 + 3);
  const Base64urlDecoded decoded =
      base64url_decode_into(dense, reinterpret_cast<std::uint8_t*>(loose.bytes.data()));
  if (decoded.form == Base64urlForm::malformed) return std::nullopt;
  loose.bytes.resize(decoded.size);
  loose.canonical = decoded.form == Base64urlForm::canonical && dense.size() == text.size();
  return loose;
}

std::optional<std::string> JoseHeader::text_of(std::string_view name) const {
  const JsonValue* value = object.find(name);
  std::optional<std::string> found = value != nullptr ? json_string(*value) : std::nullopt;
  if (found && found->empty()) found.reset();
  return found;
}

std::optional<JoseHeader> parse_jose_header(std::string_view encoded) {
  const std::optional<LooseBytes> bytes = decode_loosely(encoded);
  const auto text = bytes ? decode_utf8(bytes->bytes) : std::nullopt;
  if (!text) return std::nullopt;
  std::optional<JoseHeader> header{std::in_place};
  header->text = std::string{*text};
  header->canonical = bytes->canonical;
  // The members point into the text, whose place must not change any more.
  header->text.reserve(32);
  std::optional<JsonObject> object = JsonObject::parse(header->text);
  if (!object) return std::nullopt;
  header->object = std::move(*object);
  return header;
}

std::optional<JoseError> check_crit(const JoseHeader& header, const JoseOptions& options,
                                    std::string_view invalid, bool* b64) {
  const JsonValue* crit = header.object.find("crit");
  if (crit == nullptr) return std::nullopt;
  const auto names = json_elements(*crit);
  const auto is_name = [](const JsonValue& value) {
    return value.kind == JsonKind::string && value.text != "\"\"";
  };
  if (!names || names->empty() || !std::all_of(names->begin(), names->end(), is_name)) {
    return jose_error(invalid,
                      "\"crit\" (Critical) Header Parameter MUST be an array of non-empty strings "
                      "when present");
  }
  bool asks_b64 = false;
  std::vector<std::string> checked;  // few, because all are known; the token may repeat them
  for (const JsonValue& value : *names) {
    std::string name = *json_string(value);
    if (contains(checked, name)) continue;
    const bool builtin = b64 != nullptr && name == "b64";
    const bool known =
        builtin || std::any_of(options.crit.begin(), options.crit.end(),
                               [&](const auto& known_name) { return known_name.first == name; });
    const std::string quoted = "Extension Header Parameter \"" + name + "\" ";
    if (!known) return jose_error("JOSENotSupported", quoted + "is not recognized");
    if (header.object.find(name) == nullptr) return jose_error(invalid, quoted + "is missing");
    asks_b64 = asks_b64 || builtin;
    checked.push_back(std::move(name));
  }
  if (asks_b64) {
    const JsonValue& wanted = *header.object.find("b64");
    if (wanted.kind != JsonKind::boolean) {
      return jose_error(
          invalid, "The \"b64\" (base64url-encode payload) Header Parameter must be a boolean");
    }
    *b64 = wanted.text == "true";
  }
  return std::nullopt;
}

}  // namespace latchkey::codec
