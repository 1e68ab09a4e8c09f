#include <cstdio>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/inspect/inspect.h"
#include "cli/report.h"
#include "latchkey/sqlite.h"
#include "server/files/data_directory.h"
#include "server/serve.h"

namespace latchkey::cli {
namespace {

struct InspectInput {
  Inputs inputs;
  std::string data;
  bool show = false;
};

// open_directory opens what a server may have open at the same time; it makes nothing.
Result<void> open_directory(const std::string& data, InspectWith& with) {
  Result<server::KeyFile> file = server::read_key_file(server::key_file_path(data));
  if (!file) return file.error();
  auto ring = file->ring();
  if (!ring) return ring.error();
  with.ring = *std::move(ring);
  SqliteOptions options;
  options.path = server::database_path(data);
  options.create = false;
  options.read_only = true;
  options.expected_instance = file->instance;
  Result<std::unique_ptr<Store>> store = open_sqlite(options);
  if (!store) {
    return Error{store.error().code,
                 "the database " + options.path + " cannot be opened: " + store.error().detail};
  }
  with.store = *std::move(store);
  return {};
}

int run(const InspectInput& input) {
  Result<ReadInputs> read = read_inputs(input.inputs);
  if (!read) return complain(server::kExitUsage, read.error().detail);
  if (read->value.empty()) return complain(server::kExitUsage, "there is nothing to inspect");
  InspectWith with;
  with.now = read->now;
  with.show = input.show;
  with.key = std::move(read->key);
  with.raw_key = read->raw;
  if (!input.data.empty()) {
    if (Result<void> opened = open_directory(input.data, with); !opened) {
      return complain(server::kExitUsage, opened.error().detail);
    }
  }
  bool refused = false, first = true;
  for (const Subject& subject : find_subjects(read->value)) {
    const InspectReport report = inspect(subject, with);
    if (!first) std::fputs("\n", stdout);
    std::fputs(report.print().c_str(), stdout);
    refused = refused || report.refused();
    first = false;
  }
  if (std::fflush(stdout) != 0) return server::kExitFailed;
  return refused ? server::kExitFailed : server::kExitOk;
}

}  // namespace

void add_inspect(CLI::App& program, Action& action) {
  auto input = std::make_shared<InspectInput>();
  CLI::App* command = program.add_subcommand(
      "inspect", "Tell what a cookie is, which key it needs, and why it is refused");
  add_value(*command, input->inputs, "cookie", "A value, name=value, or a Cookie header");
  add_key_options(*command, input->inputs);
  command->add_option("--data", input->data, "Check with the keys and sessions of this directory")
      ->type_name("DIR");
  command->add_flag("--show", input->show, "Print what is sealed in the value, too");
  add_now(*command, input->inputs);
  command->footer(
      "Examples:\n"
      "  latchkey inspect < cookie.txt\n"
      "  latchkey inspect --key-file password.txt 'app_session=Fe26.2*1*...~2'\n"
      "  latchkey inspect --data latchkey-data 'Cookie: __Host-session=lk1_...'\n"
      "Secrets are never printed, and sealed content only with --show. Ends with 1 when refused.\n"
      "Other users of the machine see arguments: give living cookies on standard input.");
  command->callback([input, &action] { action = [input] { return run(*input); }; });
}

}  // namespace latchkey::cli
