#include "base/base64url_into.h"
#include "cli/batch/answers.h"
#include "cli/batch/line.h"
#include "codec/jose/jose.h"
#include "codec/jose/parts.h"
#include "crypto/digest.h"

namespace latchkey::codec {
namespace {

std::optional<std::string> read_key(const BatchLine& line) {
  const auto text = line.text("key_b64u");
  auto bytes = text ? decode_loosely(*text) : std::nullopt;
  if (!bytes) return std::nullopt;
  return std::move(bytes->bytes);
}

// read_algorithms reads a list of texts; jose looks at nothing else before it looks at the token.
bool read_algorithms(const JsonObject& options, std::string_view name,
                     std::optional<std::vector<std::string>>& out) {
  out = texts_member(options, name);
  return out || options.find(name) == nullptr;
}

// read_parties reads one value, or a list of them, that a claim is compared with.
std::vector<std::string> read_parties(const JsonValue& value) {
  std::vector<std::string> scalars;
  const auto elements = json_elements(value);
  for (const JsonValue& one : elements ? *elements : std::vector<JsonValue>{value}) {
    scalars.push_back(jose_scalar(one));
  }
  return scalars;
}

// read_names reads the names in a list; JavaScript makes text of what is none, and a list of a
// text's characters.
std::optional<std::vector<std::string>> read_names(const JsonValue& value) {
  std::vector<std::string> names;
  if (const auto elements = json_elements(value)) {
    for (const JsonValue& one : *elements) {
      names.push_back(json_string(one).value_or(std::string{one.text}));
    }
    return names;
  }
  const auto text = json_string(value);
  if (!text) return std::nullopt;
  for (const char c : *text) {
    if ((c & 0xc0) == 0x80 && !names.empty()) {
      names.back().push_back(c);
    } else {
      names.emplace_back(1, c);
    }
  }
  return names;
}

std::optional<JoseSeconds> read_seconds(const JsonValue& value) {
  if (const auto number = json_number(value)) return *number;
  if (auto text = json_string(value)) return *std::move(text);
  return std::nullopt;
}

ClaimRules read_rules(const JsonObject& options) {
  ClaimRules rules;
  for (const JsonMember& member : options.members()) {
    const std::string name = json_name(member);
    const JsonValue& value = member.value;
    if (name == "typ") rules.typ = json_string(value);
    if (name == "issuer") rules.issuer = read_parties(value);
    if (name == "subject") rules.subject = jose_scalar(value);
    if (name == "requiredClaims") rules.required_claims = read_names(value);
    if (name == "clockTolerance") rules.clock_tolerance = read_seconds(value);
    if (name == "maxTokenAge") rules.max_token_age = read_seconds(value);
    if (name != "audience") continue;
    const bool usable = value.kind == JsonKind::string || value.kind == JsonKind::array;
    rules.audience.emplace(usable ? std::optional{read_parties(value)} : std::nullopt);
  }
  return rules;
}

// Operation is jwtVerify or jwtDecrypt, each of which has lists of algorithms of its own.
struct Operation {
  JoseOutcome (*judge)(std::string_view, crypto::Bytes, const JoseOptions&, const ClaimRules&,
                       double);
  bool decrypts;
};

// read_options returns the name of an option of the wrong type, or empty text.
std::string_view read_options(const JsonObject& options, bool decrypts, JoseOptions& out) {
  if (!decrypts && !read_algorithms(options, "algorithms", out.algorithms)) return "algorithms";
  if (decrypts &&
      !read_algorithms(options, "keyManagementAlgorithms", out.key_management_algorithms)) {
    return "keyManagementAlgorithms";
  }
  if (decrypts &&
      !read_algorithms(options, "contentEncryptionAlgorithms", out.content_encryption_algorithms)) {
    return "contentEncryptionAlgorithms";
  }
  const JsonValue* crit = options.find("crit");
  const auto names = crit != nullptr ? JsonObject::parse(crit->text) : std::nullopt;
  if (!names) return "";
  for (const JsonMember& member : names->members()) {
    out.crit.emplace_back(json_name(member), member.value.text == "true");
  }
  return "";
}

std::string refuse(const BatchLine& line, const JoseError& error) {
  std::string out = line.answer(false);
  append_member(out, "error", error.name);
  if (error.code.empty()) {
    out += ",\"code\":null";
  } else {
    append_member(out, "code", error.code);
  }
  append_member(out, "message", error.message);
  if (!error.claim.empty()) {
    append_member(out, "claim", error.claim);
    append_member(out, "reason", error.reason);
  }
  return out + '}';
}

std::string judge_line(std::string_view text, std::int64_t now_ms, const Operation& operation) {
  const auto line = BatchLine::parse(text);
  if (!line) return bad_line();
  const auto token = line->text("token");
  const auto key = read_key(*line);
  if (!token || !key) return line->refuse("bad_input", "token and key_b64u");
  JoseOptions options;
  ClaimRules rules;
  // A number or null has no members: to JavaScript it says nothing.
  if (const auto given = line->object("options")) {
    if (const auto wrong = read_options(*given, operation.decrypts, options); !wrong.empty()) {
      return refuse(*line, type_error("\"" + std::string{wrong} + "\" option has the wrong type"));
    }
    rules = read_rules(*given);
  }
  double now = line->number("now").value_or(static_cast<double>(now_ms));
  if (now >= 1e11) now /= 1000;
  const JoseOutcome outcome = operation.judge(*token, crypto::as_bytes(*key), options, rules, now);
  if (const auto* error = std::get_if<JoseError>(&outcome)) return refuse(*line, *error);
  const auto& verified = std::get<JoseToken>(outcome);
  std::string out = line->answer(true) + ",\"payload\":";
  append_compact(out, verified.payload);
  out += ",\"protected_header\":";
  append_compact(out, verified.protected_header);
  return out + '}';
}

using Make = Result<std::string> (*)(std::string_view, std::string_view, crypto::Bytes);

std::string make_line(std::string_view text, Make make) {
  const auto line = BatchLine::parse(text);
  if (!line) return bad_line();
  const JsonValue* header = line->find("header");
  const JsonValue* payload = line->find("payload");
  const auto key = read_key(*line);
  if (header == nullptr || payload == nullptr || !key) {
    return line->refuse("bad_input", "header, payload and key_b64u");
  }
  std::string head, claims;
  append_compact(head, header->text);
  append_compact(claims, payload->text);
  const Result<std::string> token = make(head, claims, crypto::as_bytes(*key));
  if (!token) return line->refuse(error_name(token.error().code), token.error().detail);
  std::string out = line->answer(true);
  append_member(out, "token", *token);
  return out + '}';
}

}  // namespace

std::string jwt_verify_line(std::string_view line, std::int64_t now_ms) {
  return judge_line(line, now_ms, {judge_jws, false});
}

std::string jwt_decrypt_line(std::string_view line, std::int64_t now_ms) {
  return judge_line(line, now_ms, {judge_jwe, true});
}

std::string jwt_sign_line(std::string_view line) { return make_line(line, jose_sign); }

std::string jwt_encrypt_line(std::string_view line) {
  return make_line(line, [](std::string_view header, std::string_view claims, crypto::Bytes key) {
    return jose_encrypt(header, claims, key, system_entropy());
  });
}

}  // namespace latchkey::codec
