#include <cstdio>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/report.h"
#include "cli/store_copy.h"
#include "cli/store_input.h"
#include "latchkey/open_store.h"
#include "server/serve.h"

namespace latchkey::cli {
namespace {

struct MigrateInput {
  std::string url;
  std::string from;
  std::string to;
  std::string after;
};

int fail_at(const std::string& what, const Error& error) {
  const bool misuse = error.code == Errc::bad_config;
  return complain(misuse ? server::kExitUsage : server::kExitFailed, what + ": " + error.detail);
}

Result<std::unique_ptr<Store>> open(const std::string& url, OpenStoreOptions options) {
  options.read_timeout = options.write_timeout = kPatience;
  return open_store(url, options);
}

// Brings the tables of one store up to date.
int run_upgrade(const std::string& url) {
  Result<std::unique_ptr<Store>> store = open(url, {});
  if (!store) return fail_at("the store", store.error());
  Result<StoreMeta> meta = (*store)->meta().meta();
  if (!meta) return fail_at("the store", meta.error());
  return put("the store is at version " + std::to_string(meta->schema_version))
             ? server::kExitOk
             : server::kExitFailed;
}

void say(const char* step, const CopyCounts& counts) {
  std::fprintf(stderr, "%s: %zu users, %zu sessions seen; %zu rows written, %zu sessions ended\n",
               step, counts.users, counts.sessions, counts.written, counts.ended);
}

// The target is the source's successor: keys and node configuration go on to fit.
int check_successor(Store& from, Store& to) {
  const Result<StoreMeta> source = from.meta().meta();
  if (!source) return fail_at("--from", source.error());
  const Result<StoreMeta> target = to.meta().meta();
  if (!target) return fail_at("--to", target.error());
  if (source->instance == target->instance && source->slot_key == target->slot_key) {
    return server::kExitOk;
  }
  return complain(server::kExitFailed,
                  "--to is a store of its own already: give one that is empty, or one that an "
                  "earlier copy of --from began");
}

int run_copy(StoreCopy& copy, const MigrateInput& input) {
  if (Result<void> keys = copy.copy_keys(); !keys) return fail_at("the keys", keys.error());
  Result<CopyCounts> first = copy.copy(input.after);
  if (!first) return fail_at("the copy", first.error());
  say("copied", *first);
  // What changed while the first pass ran.
  Result<CopyCounts> second = copy.copy("");
  if (!second) return fail_at("the second pass", second.error());
  Result<CopyCounts> ended = copy.end_missing();
  if (!ended) return fail_at("the second pass", ended.error());
  second->ended += ended->ended;
  say("caught up", *second);
  Result<CopyCounts> checked = copy.check();
  if (!checked) return fail_at("the check", checked.error());
  if (checked->differ != 0) {
    return complain(server::kExitFailed,
                    std::to_string(checked->differ) +
                        " rows differ: the source is still in use. Stop what writes to it and run "
                        "this again; only what changed is written");
  }
  const std::string text = "the same in both: " + std::to_string(checked->users) + " users, " +
                           std::to_string(checked->sessions) + " sessions";
  return put(text) ? server::kExitOk : server::kExitFailed;
}

int run_migrate(const MigrateInput& input) {
  if (!input.url.empty()) return run_upgrade(input.url);
  Result<std::unique_ptr<Store>> from = open(input.from, {.create = false, .read_only = true});
  if (!from) return fail_at("--from", from.error());
  const Result<StoreMeta> meta = (*from)->meta().meta();
  if (!meta) return fail_at("--from", meta.error());
  Result<std::unique_ptr<Store>> to = open(input.to, {.adopt = *meta});
  if (!to) return fail_at("--to", to.error());
  if (const int code = check_successor(**from, **to); code != server::kExitOk) return code;
  ScanStore* source = (*from)->scan();
  ScanStore* target = (*to)->scan();
  if (source == nullptr || target == nullptr) {
    return complain(server::kExitFailed, "this kind of store cannot be copied");
  }
  std::size_t pages = 0;
  StoreCopy copy(**from, *source, **to, *target,
                 [&](const std::string& position, const CopyCounts& counts) {
                   if (++pages % 20 != 0) return;
                   std::fprintf(stderr, "%zu users, %zu sessions; to go on from here: --after %s\n",
                                counts.users, counts.sessions, position.c_str());
                 });
  return run_copy(copy, input);
}

}  // namespace

void add_migrate(CLI::App& program, Action& action) {
  auto input = std::make_shared<MigrateInput>();
  CLI::App* command = program.add_subcommand(
      "migrate", "Bring a store up to date, or copy everything in it to another one");
  auto* url =
      command->add_option("store", input->url, "The store to bring up to date")->option_text("URL");
  auto* from = command->add_option("--from", input->from, "Copy users and sessions of this store")
                   ->option_text("URL")
                   ->excludes(url);
  auto* to = command->add_option("--to", input->to, "to this one, made when missing")
                 ->option_text("URL")
                 ->needs(from);
  from->needs(to);
  command->add_option("--after", input->after, "Go on where a copy that was interrupted stood")
      ->option_text("POSITION")
      ->needs(from);
  command->footer(
      "The source may be in use meanwhile. At the end both are compared; run the command a last\n"
      "time when nothing writes to the source any more, and let the servers use the other one.");
  command->callback([input, &action] {
    if (input->url.empty() && input->from.empty()) {
      throw CLI::RequiredError("a store, or --from and --to");
    }
    action = [input] { return run_migrate(*input); };
  });
}

}  // namespace latchkey::cli
