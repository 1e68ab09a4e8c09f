#include "codec/base64url_into.h"
#include "codec/batch.h"
#include "codec/batch_line.h"
#include "codec/jose_parts.h"
#include "crypto/digest.h"
#include "latchkey/jose.h"

namespace latchkey::codec {
namespace {

std::optional<std::string> read_key(const BatchLine& line) {
  const auto text = line.text("key_b64u");
  auto bytes = text ? decode_loosely(*text) : std::nullopt;
  if (!bytes) return std::nullopt;
  return std::move(bytes->bytes);
}

// read_texts reads a list of texts, or, where `single` says so, one text alone.
bool read_texts(const JsonObject& options, std::string_view name, bool single,
                std::optional<std::vector<std::string>>& out) {
  const JsonValue* value = options.find(name);
  if (value == nullptr) return true;
  out = texts_member(options, name);
  if (!out && single) {
    if (auto text = json_string(*value)) out = std::vector<std::string>{*std::move(text)};
  }
  return out.has_value();
}

bool read_text(const JsonObject& options, std::string_view name, std::optional<std::string>& out) {
  out = text_member(options, name);
  return out || options.find(name) == nullptr;
}

bool read_seconds(const JsonObject& options, std::string_view name,
                  std::optional<JoseSeconds>& out) {
  const JsonValue* value = options.find(name);
  if (value == nullptr) return true;
  if (const auto number = json_number(*value)) {
    out = *number;
  } else if (auto text = json_string(*value)) {
    out = *std::move(text);
  }
  return out.has_value();
}

// read_options returns the name of an option of the wrong type, or empty text.
std::string_view read_options(const BatchLine& line, JoseOptions& out) {
  const auto options = line.object("options");
  if (!options) return line.find("options") == nullptr ? "" : "options";
  if (!read_texts(*options, "algorithms", false, out.algorithms)) return "algorithms";
  if (!read_texts(*options, "keyManagementAlgorithms", false, out.key_management_algorithms)) {
    return "keyManagementAlgorithms";
  }
  if (!read_texts(*options, "contentEncryptionAlgorithms", false,
                  out.content_encryption_algorithms)) {
    return "contentEncryptionAlgorithms";
  }
  if (!read_texts(*options, "issuer", true, out.issuer)) return "issuer";
  if (!read_texts(*options, "audience", true, out.audience)) return "audience";
  if (!read_text(*options, "subject", out.subject)) return "subject";
  if (!read_text(*options, "typ", out.typ)) return "typ";
  if (!read_seconds(*options, "clockTolerance", out.clock_tolerance)) return "clockTolerance";
  if (!read_seconds(*options, "maxTokenAge", out.max_token_age)) return "maxTokenAge";
  std::optional<std::vector<std::string>> required;
  if (!read_texts(*options, "requiredClaims", false, required)) return "requiredClaims";
  if (required) out.required_claims = *std::move(required);
  if (const JsonValue* crit = options->find("crit")) {
    const auto names = JsonObject::parse(crit->text);
    if (!names) return "crit";
    for (const JsonMember& member : names->members()) {
      out.crit.emplace_back(json_name(member), member.value.text == "true");
    }
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

using Judge = JoseOutcome (*)(std::string_view, crypto::Bytes, const JoseOptions&, double);

std::string judge_line(std::string_view text, std::int64_t now_ms, Judge judge) {
  const auto line = BatchLine::parse(text);
  if (!line) return bad_line();
  const auto token = line->text("token");
  const auto key = read_key(*line);
  if (!token || !key) return line->refuse("bad_input", "token and key_b64u");
  JoseOptions options;
  if (const std::string_view wrong = read_options(*line, options); !wrong.empty()) {
    return refuse(*line, type_error("\"" + std::string{wrong} + "\" option has the wrong type"));
  }
  double now = line->number("now").value_or(static_cast<double>(now_ms));
  if (now >= 1e11) now /= 1000;
  const JoseOutcome outcome = judge(*token, crypto::as_bytes(*key), options, now);
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
  return judge_line(line, now_ms, jose_verify);
}

std::string jwt_decrypt_line(std::string_view line, std::int64_t now_ms) {
  return judge_line(line, now_ms, jose_decrypt);
}

std::string jwt_sign_line(std::string_view line) { return make_line(line, jose_sign); }

std::string jwt_encrypt_line(std::string_view line) {
  return make_line(line, [](std::string_view header, std::string_view claims, crypto::Bytes key) {
    return jose_encrypt(header, claims, key, system_entropy());
  });
}

}  // namespace latchkey::codec
