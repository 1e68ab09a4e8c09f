// Seals, signs and reads for the scripts beside it: one JSON request a line on standard input,
// whose member "op" names the operation, and one answer a line on standard output.

#include <iostream>
#include <string>

#include "cli/batch/answers.h"
#include "cli/batch/line.h"
#include "crypto/digest.h"
#include "latchkey/authjs.h"

namespace latchkey {
namespace {

Result<AuthjsCookies> authjs_of(const codec::BatchLine& line) {
  AuthjsOptions options;
  options.version = line.number("version") == 4 ? AuthjsVersion::v4 : AuthjsVersion::v5;
  options.salt = line.text("salt").value_or("");
  std::vector<SecretBytes> secrets;
  secrets.emplace_back(line.text("secret").value_or(""));
  return AuthjsCookies::make(secrets, options);
}

std::string authjs_line(const codec::BatchLine& line, bool encode, std::int64_t now_ms) {
  const Result<AuthjsCookies> cookies = authjs_of(line);
  if (!cookies) return line.refuse("bad_input", cookies.error().detail);
  const UnixTime now = from_unix_millis(now_ms);
  std::string out = line.answer(true);
  if (encode) {
    const auto token = cookies->encode(line.find("payload")->text, std::chrono::hours{1}, now);
    if (!token) return line.refuse("failed", token.error().detail);
    codec::append_member(out, "token", *token);
    return out + '}';
  }
  const JoseOutcome outcome = cookies->decode(line.text("token").value_or(""), now);
  if (const auto* error = std::get_if<JoseError>(&outcome)) {
    return line.refuse(error->name, error->message);
  }
  return out + ",\"payload\":" + std::get<JoseToken>(outcome).payload + '}';
}

std::string answer(const std::string& text, std::int64_t now_ms) {
  const auto line = codec::BatchLine::parse(text);
  const std::string op = line ? line->text("op").value_or("") : "";
  if (op == "seal") return codec::seal_line(text, now_ms);
  if (op == "unseal") return codec::unseal_line(text, now_ms);
  if (op == "sign") return codec::jwt_sign_line(text);
  if (op == "verify") return codec::jwt_verify_line(text, now_ms);
  if (op == "encrypt") return codec::jwt_encrypt_line(text);
  if (op == "decrypt") return codec::jwt_decrypt_line(text, now_ms);
  if (op == "authjs_encode") return authjs_line(*line, true, now_ms);
  if (op == "authjs_decode") return authjs_line(*line, false, now_ms);
  return codec::bad_line();
}

}  // namespace
}  // namespace latchkey

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << latchkey::answer(line, latchkey::to_unix_millis(latchkey::system_clock().now()))
              << std::endl;
  }
}
