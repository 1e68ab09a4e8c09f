#include <memory>

#include "cli/command.h"
#include "cli/session/session_input.h"

namespace latchkey::cli {
namespace {

CLI::App* add_one(CLI::App& session, Action& action, const std::shared_ptr<SessionInput>& input,
                  const char* name, const char* help, int (*run)(const SessionInput&)) {
  CLI::App* command = session.add_subcommand(name, help);
  add_store_options(*command, input->store);
  command->add_flag("--json", input->json, "Print JSON");
  command->callback([input, run, &action] { action = [=] { return run(*input); }; });
  return command;
}

}  // namespace

void add_session(CLI::App& program, Action& action) {
  CLI::App* session = program.add_subcommand("session", "Show and end sessions");
  session->require_subcommand(1);
  session->footer("Works beside running servers, which see a change as they see each other's.");
  auto input = std::make_shared<SessionInput>();
  CLI::App* list =
      add_one(*session, action, input, "list", "List the sessions of a user", run_session_list);
  add_named(*list, input->named, true);
  list->add_option("--limit", input->limit, "At most so many; 0, which is the default: all")
      ->type_name("N");
  list->add_option("--after", input->after, "Go on behind this one: `next` of the list before")
      ->type_name("NEXT");
  list->footer(
      "Example:\n  latchkey session list --data latchkey-data --username ada@example.com\n"
      "Newest first. Ids open nothing. With the carriers sealed and signed no list is kept.");
  CLI::App* show = add_one(*session, action, input, "show", "Show a session", run_session_show);
  show->add_option("id", input->id, "Its id")->required();
  show->footer("Example:\n  latchkey session show --data latchkey-data 1BAgLtLhE3YInUZAn4yKvem");
  CLI::App* revoke = add_one(*session, action, input, "revoke", "End a session, or all of a user",
                             run_session_revoke);
  auto* id = revoke->add_option("id", input->id, "Its id");
  add_named(*revoke, input->named, false);
  revoke->footer(
      "Examples:\n  latchkey session revoke --data latchkey-data 1BAgLtLhE3YInUZAn4yKvem\n"
      "  latchkey session revoke --data latchkey-data --username ada@example.com\n"
      "All sessions of a user end with every log-in under way.\n"
      "An id that begins with - goes behind --: latchkey session revoke --data DIR -- -Ab3dE6g");
  revoke->callback([input, id, &action] {
    if (input->named.given() == (id->count() > 0)) {
      throw CLI::RequiredError("the id of a session, or --username or --user-id,");
    }
    action = [input] { return run_session_revoke(*input); };
  });
  CLI::App* prune = add_one(*session, action, input, "prune",
                            "Delete what is long past its deadline", run_session_prune);
  prune->footer(
      "Example:\n  latchkey session prune --data latchkey-data\n"
      "Servers do it by themselves, every minute. It logs nobody out.");
}

}  // namespace latchkey::cli
