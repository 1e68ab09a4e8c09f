#include <array>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "cli/batch/answers.h"
#include "cli/batch/batch.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/report.h"
#include "codec/json/text.h"
#include "latchkey/codec/jwt.h"
#include "server/serve.h"
#include "server/settings/units.h"

namespace latchkey::cli {
namespace {

struct JwtInput {
  Inputs inputs;
  std::string algorithm;
  std::string kid;
  std::string expires_in = "7d";
  std::string tolerance = "0";
  std::string max_age = "0";
  JwtRules rules;
};

constexpr std::array<std::pair<std::string_view, JwtAlgorithm>, 5> kAlgorithms{
    {{"HS256", JwtAlgorithm::hs256},
     {"HS384", JwtAlgorithm::hs384},
     {"HS512", JwtAlgorithm::hs512},
     {"A256GCM", JwtAlgorithm::dir_a256gcm},
     {"A256CBC-HS512", JwtAlgorithm::dir_a256cbc_hs512}}};

JwtAlgorithm algorithm_of(const std::string& name) {
  for (const auto& [known, algorithm] : kAlgorithms) {
    if (known == name) return algorithm;
  }
  return JwtAlgorithm::hs256;  // not reached: the command line takes no other name
}

Error bad_duration(const std::string& text) {
  return {Errc::bad_config, text + " is no duration; write one such as 7d, 15m or 30s"};
}

Result<JwtCodec> make_codec(JwtInput& input, const ReadInputs& read) {
  if (!read.key) return need_key();
  const auto tolerance = server::parse_duration(input.tolerance);
  const auto max_age = server::parse_duration(input.max_age);
  if (!tolerance) return bad_duration("--tolerance " + input.tolerance);
  if (!max_age) return bad_duration("--max-age " + input.max_age);
  input.rules.clock_tolerance = *tolerance;
  input.rules.max_age = *max_age;
  std::vector<JwtKey> keys;
  keys.push_back({.algorithm = algorithm_of(input.algorithm),
                  .secret = SecretBytes{read.key->bytes()},
                  .id = input.kid});
  return JwtCodec::make(std::move(keys), input.rules);
}

int run_lines(const JwtInput& input, LineJudge judge) {
  const Result<UnixTime> now = read_now(input.inputs);
  if (!now) return complain(server::kExitUsage, now.error().detail);
  return run_batch(std::cin, std::cout, judge, to_unix_millis(*now));
}

// What a line asks for is made as it stands, without the time.
std::string sign_line(std::string_view line, std::int64_t) { return codec::jwt_sign_line(line); }
std::string encrypt_line(std::string_view line, std::int64_t) {
  return codec::jwt_encrypt_line(line);
}

int run_issue(JwtInput input, LineJudge make) {
  if (input.inputs.batch) return run_lines(input, make);
  const Result<ReadInputs> read = read_inputs(input.inputs);
  if (!read) return complain(server::kExitUsage, read.error().detail);
  const auto life = server::parse_duration(input.expires_in);
  if (!life) {
    return complain(server::kExitUsage, bad_duration("--expires-in " + input.expires_in).detail);
  }
  const Result<JwtCodec> codec = make_codec(input, *read);
  if (!codec) return complain(server::kExitUsage, codec.error().detail);
  std::optional<UnixTime> expires_at;
  if (*life > Millis{0}) expires_at = add(read->now, *life);
  const Result<std::string> token = codec->issue(read->value, expires_at, read->now);
  if (!token) return complain(server::kExitFailed, token.error().detail);
  return put(*token) ? server::kExitOk : server::kExitFailed;
}

int run_read(JwtInput input, LineJudge judge) {
  if (input.inputs.batch) return run_lines(input, judge);
  const Result<ReadInputs> read = read_inputs(input.inputs);
  if (!read) return complain(server::kExitUsage, read.error().detail);
  const Result<JwtCodec> codec = make_codec(input, *read);
  if (!codec) return complain(server::kExitUsage, codec.error().detail);
  const JwtVerdict verdict = codec->verify(read->value, read->now);
  if (verdict) return put(verdict->claims()) ? server::kExitOk : server::kExitFailed;
  return complain(server::kExitFailed,
                  std::string{"refused: "}.append(jwt_reason_name(verdict.reason())));
}

std::shared_ptr<JwtInput> add_common(CLI::App& command, bool encrypted) {
  auto input = std::make_shared<JwtInput>();
  input->algorithm = encrypted ? "A256GCM" : "HS256";
  add_key_options(command, input->inputs);
  const auto names = encrypted ? std::vector<std::string>{"A256GCM", "A256CBC-HS512"}
                               : std::vector<std::string>{"HS256", "HS384", "HS512"};
  command
      .add_option(encrypted ? "--enc" : "--alg", input->algorithm,
                  "The key's algorithm (" + names.front() + "); a token with another is refused")
      ->type_name("NAME")
      ->check(CLI::IsMember(names));
  command.add_option("--kid", input->kid, "The key's id")->type_name("ID");
  command.add_option("--issuer", input->rules.issuer, "Write and demand this iss");
  command.add_option("--audience", input->rules.audience, "Write and demand this aud");
  command.add_option("--type", input->rules.type, "Write and demand this typ in the header");
  command.add_flag("--allow-missing-expiry", input->rules.allow_missing_expiry,
                   "Allow tokens that never expire");
  add_now(command, input->inputs);
  return input;
}

void add_issuing(CLI::App& jwt, Action& action, bool encrypted) {
  CLI::App* command = encrypted
                          ? jwt.add_subcommand("encrypt", "Make an encrypted token (JWE, dir)")
                          : jwt.add_subcommand("sign", "Make a signed token (JWS)");
  auto input = add_common(*command, encrypted);
  add_value(*command, input->inputs, "claims", "The claims, a JSON object");
  command
      ->add_option("--expires-in", input->expires_in,
                   "Life of the token (7d); 0 needs --allow-missing-expiry")
      ->type_name("DURATION");
  add_batch(*command, input->inputs);
  command->footer(
      encrypted ? "Examples:\n  latchkey jwt encrypt --key-file key.txt --key-format base64 "
                  "'{\"userId\":\"u1\"}'\n"
                  "  latchkey jwt encrypt --batch < requests.jsonl\n"
                  "A256GCM needs a key of 32 bytes, A256CBC-HS512 one of 64."
                : "Examples:\n  latchkey jwt sign --key-file secret.txt --expires-in 7d "
                  "'{\"userId\":\"u1\"}'\n"
                  "  latchkey jwt sign --batch < requests.jsonl\n"
                  "iat and exp are added. HS256 needs a secret of at least 32 bytes, HS384 of 48, "
                  "HS512 of 64.");
  const LineJudge make = encrypted ? encrypt_line : sign_line;
  command->callback([input, make, &action] { action = [=] { return run_issue(*input, make); }; });
}

void add_reading(CLI::App& jwt, Action& action, bool encrypted) {
  CLI::App* command = encrypted
                          ? jwt.add_subcommand("decrypt", "Open an encrypted token (JWE, dir)")
                          : jwt.add_subcommand("verify", "Check a signed token (JWS)");
  auto input = add_common(*command, encrypted);
  add_value(*command, input->inputs, "token", "The token");
  command->add_option("--tolerance", input->tolerance, "Clock tolerance, at most 60s (0)")
      ->type_name("DURATION");
  command->add_option("--max-age", input->max_age, "Refuse tokens issued longer ago; 0: no limit")
      ->type_name("DURATION");
  add_batch(*command, input->inputs);
  command->footer(
      std::string{"Examples:\n  latchkey jwt "} + (encrypted ? "decrypt" : "verify") +
      " --key-file secret.txt < token.txt\n  latchkey jwt " + (encrypted ? "decrypt" : "verify") +
      " --batch < requests.jsonl\n"
      "Prints the claims and ends with 0, or says why the token is refused and ends with 1.\n"
      "One token is judged by the strict rules of sessions, a batch by those of jose.");
  const LineJudge judge = encrypted ? codec::jwt_decrypt_line : codec::jwt_verify_line;
  command->callback([input, judge, &action] { action = [=] { return run_read(*input, judge); }; });
}

}  // namespace

void add_jwt(CLI::App& program, Action& action) {
  CLI::App* jwt = program.add_subcommand("jwt", "Make and check JSON Web Tokens");
  jwt->require_subcommand(1);
  for (const bool encrypted : {false, true}) {
    add_issuing(*jwt, action, encrypted);
    add_reading(*jwt, action, encrypted);
  }
}

}  // namespace latchkey::cli
