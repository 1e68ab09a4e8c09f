#include <iostream>
#include <memory>
#include <string>

#include "cli/batch/answers.h"
#include "cli/batch/batch.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/report.h"
#include "codec/json/text.h"
#include "codec/seal/iron_session.h"
#include "codec/seal/passwords.h"
#include "latchkey/codec/seal.h"
#include "server/serve.h"
#include "server/settings/units.h"

namespace latchkey::cli {
namespace {

struct SealInput {
  Inputs inputs;
  std::string id;
  std::string ttl = "14d";
  bool allow_missing_expiry = false;
  bool iron_session = false;
};

Result<Sealer> make_sealer(const SealInput& input, const ReadInputs& read) {
  if (!read.key) return need_key();
  const auto ttl = server::parse_duration(input.ttl);
  if (!ttl) return Error{Errc::bad_config, "--ttl " + input.ttl + ": write a duration such as 14d"};
  const bool numbered = input.iron_session && input.id.empty();
  auto passwords = codec::read_passwords(*read.key, read.raw, input.id);
  if (!passwords) return passwords.error();
  if (numbered && passwords->size() == 1 && passwords->front().id.empty()) {
    passwords->front().id = "1";
  }
  SealOptions options;
  options.ttl = *ttl;
  options.allow_missing_expiry = input.allow_missing_expiry;
  return Sealer::make(*std::move(passwords), options);
}

int run_lines(const SealInput& input, LineJudge judge) {
  const Result<UnixTime> now = read_now(input.inputs);
  if (!now) return complain(server::kExitUsage, now.error().detail);
  return run_batch(std::cin, std::cout, judge, to_unix_millis(*now));
}

int run_seal(const SealInput& input) {
  if (input.inputs.batch) return run_lines(input, codec::seal_line);
  const Result<ReadInputs> read = read_inputs(input.inputs);
  if (!read) return complain(server::kExitUsage, read.error().detail);
  const Result<Sealer> sealer = make_sealer(input, *read);
  if (!sealer) return complain(server::kExitUsage, sealer.error().detail);
  if (!codec::scan_json(read->value)) {
    return complain(server::kExitUsage, "what is to be sealed is not JSON");
  }
  std::string json;
  codec::append_compact(json, read->value);
  Result<std::string> seal = sealer->seal(json, read->now);
  if (!seal) return complain(server::kExitFailed, seal.error().detail);
  if (input.iron_session) *seal += codec::kIronSuffix;
  return put(*seal) ? server::kExitOk : server::kExitFailed;
}

// unseal opens every seal a key could have made: only the MAC and the time inside decide.
int run_unseal(SealInput input) {
  if (input.inputs.batch) return run_lines(input, codec::unseal_line);
  const Result<ReadInputs> read = read_inputs(input.inputs);
  if (!read) return complain(server::kExitUsage, read.error().detail);
  input.iron_session = false;
  const Result<Sealer> sealer = make_sealer(input, *read);
  if (!sealer) return complain(server::kExitUsage, sealer.error().detail);
  const Unsealed opened = sealer->unseal(codec::split_iron_cookie(read->value).seal, read->now);
  if (opened) return put(opened.json()) ? server::kExitOk : server::kExitFailed;
  return complain(server::kExitFailed,
                  std::string{"refused: "}.append(seal_reason_name(opened.reason())));
}

}  // namespace

void add_seal(CLI::App& program, Action& action) {
  auto input = std::make_shared<SealInput>();
  CLI::App* command = program.add_subcommand("seal", "Seal JSON as a Fe26.2 cookie value");
  add_value(*command, input->inputs, "json", "What to seal");
  add_key_options(*command, input->inputs);
  command->add_option("--id", input->id, "Write this password id; of several it seals");
  command->add_option("--ttl", input->ttl, "How long the seal opens (14d)")->type_name("DURATION");
  command->add_flag("--allow-missing-expiry", input->allow_missing_expiry,
                    "With --ttl 0: the seal opens for ever");
  command->add_flag("--iron-session", input->iron_session,
                    "As iron-session writes it: id 1 unless --id, and ~2 at the end");
  add_now(*command, input->inputs);
  add_batch(*command, input->inputs);
  command->footer(
      "Examples:\n"
      "  latchkey seal --key-file password.txt '{\"user\":{\"id\":1}}'\n"
      "  echo '{\"user\":1}' | LATCHKEY_KEY=\"$(cat password.txt)\" latchkey seal --iron-session\n"
      "  latchkey seal --batch < requests.jsonl\n"
      "A key file holds one password, or several as JSON: {\"1\": \"old\", \"2\": \"new\"}.");
  command->callback([input, &action] { action = [input] { return run_seal(*input); }; });
}

void add_unseal(CLI::App& program, Action& action) {
  auto input = std::make_shared<SealInput>();
  CLI::App* command =
      program.add_subcommand("unseal", "Open a Fe26.2 or iron-session cookie value");
  add_value(*command, input->inputs, "seal", "The seal");
  add_key_options(*command, input->inputs);
  add_now(*command, input->inputs);
  add_batch(*command, input->inputs);
  command->footer(
      "Examples:\n"
      "  latchkey unseal --key-file password.txt < cookie.txt\n"
      "  latchkey unseal --key-file password.txt --now 2026-11-21T05:00:00Z 'Fe26.2*1*...~2'\n"
      "  latchkey unseal --batch < requests.jsonl\n"
      "Prints the JSON and ends with 0, or says why the seal is refused and ends with 1.");
  command->callback([input, &action] { action = [input] { return run_unseal(*input); }; });
}

}  // namespace latchkey::cli
