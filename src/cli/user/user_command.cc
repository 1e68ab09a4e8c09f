#include <memory>

#include "cli/command.h"
#include "cli/user/transfer.h"
#include "cli/user/user_input.h"

namespace latchkey::cli {
namespace {

struct UserCommand {
  const char* name;
  const char* help;
  int (*run)(const UserInput&);
  const char* footer;
};

constexpr const char* kPasswordRule =
    "The password is the one line of the file, - is standard input. Without a file it is asked "
    "for\n"
    "on the terminal. It has at least 15 characters.";

CLI::App* add_one(CLI::App& user, Action& action, const std::shared_ptr<UserInput>& input,
                  const UserCommand& one) {
  CLI::App* command = user.add_subcommand(one.name, one.help);
  command->footer(one.footer);
  add_store_options(*command, input->store);
  command->add_flag("--json", input->json, "Print JSON");
  command->callback([input, run = one.run, &action] { action = [=] { return run(*input); }; });
  return command;
}

void add_password_file(CLI::App& command, UserInput& input) {
  command
      .add_option("--password-file", input.password_file,
                  "Read the new password from this file; - is standard input")
      ->type_name("FILE")
      ->check(not_empty());
}

void add_making(CLI::App& user, Action& action, const std::shared_ptr<UserInput>& input) {
  CLI::App* add = add_one(
      user, action, input,
      {"add", "Add a user", run_user_add,
       "Example:\n  latchkey user add --data latchkey-data --username ada@example.com "
       "--password-file pw.txt\nIt works beside running servers and where sign-up is closed."});
  add->add_option("--username", input->named.username, "The name, as at sign-up")
      ->type_name("NAME")
      ->required();
  add_password_file(*add, *input);
  add->footer(add->get_footer() + '\n' + kPasswordRule);
  CLI::App* passwd =
      add_one(user, action, input,
              {"passwd", "Set a user's password, for one who forgot it", run_user_passwd,
               "Example:\n  latchkey user passwd --data latchkey-data --username ada@example.com\n"
               "All sessions of the user end."});
  add_named(*passwd, input->named, true);
  add_password_file(*passwd, *input);
  passwd->footer(passwd->get_footer() + '\n' + kPasswordRule);
}

void add_looking(CLI::App& user, Action& action, const std::shared_ptr<UserInput>& input) {
  CLI::App* list = add_one(user, action, input,
                           {"list", "List users", run_user_list,
                            "Example:\n  latchkey user list --data latchkey-data --json\n"
                            "By name, on Redis in no order. No password or hash is printed."});
  list->add_option("--limit", input->limit, "At most so many; 0, which is the default: all")
      ->type_name("N");
  list->add_option("--after", input->after, "Go on behind this one: `next` of the list before")
      ->type_name("NEXT");
  CLI::App* show =
      add_one(user, action, input,
              {"show", "Show a user", run_user_show,
               "Example:\n  latchkey user show --data latchkey-data --username ada@example.com"});
  add_named(*show, input->named, true);
}

void add_changing(CLI::App& user, Action& action, const std::shared_ptr<UserInput>& input) {
  CLI::App* disable =
      add_one(user, action, input,
              {"disable", "Lock a user out", run_user_disable,
               "Example:\n  latchkey user disable --data latchkey-data --username ada@example.com\n"
               "All sessions of the user end, and nobody can log in as them."});
  add_named(*disable, input->named, true);
  CLI::App* enable =
      add_one(user, action, input,
              {"enable", "Let a user in again", run_user_enable,
               "Example:\n  latchkey user enable --data latchkey-data --username ada@example.com\n"
               "The user can log in again. Sessions from before stay ended."});
  add_named(*enable, input->named, true);
  CLI::App* remove = add_one(
      user, action, input,
      {"delete", "Delete a user", run_user_delete,
       "Example:\n  latchkey user delete --data latchkey-data --username ada@example.com --yes\n"
       "All sessions of the user end, and the name is free again. It cannot be undone."});
  add_named(*remove, input->named, true);
  remove->add_flag("--yes", input->yes, "Do not ask; needed where there is no terminal to ask on");
}

CLI::App* add_transfer(CLI::App& user, Action& action, const std::shared_ptr<TransferInput>& input,
                       const char* name, const char* help, int (*run)(const TransferInput&)) {
  CLI::App* command = user.add_subcommand(name, help);
  add_store_options(*command, input->user.store);
  command->callback([input, run, &action] { action = [=] { return run(*input); }; });
  return command;
}

void add_format(CLI::App& command, TransferInput& input, const std::vector<std::string>& formats) {
  command.add_option("--format", input.format, "What the file is; otherwise as it is called")
      ->type_name("FORMAT")
      ->check(CLI::IsMember(formats));
}

void add_transfers(CLI::App& user, Action& action) {
  auto input = std::make_shared<TransferInput>();
  CLI::App* out =
      add_transfer(user, action, input, "export", "Write users to a file", run_user_export);
  add_named(*out, input->user.named, false);
  add_format(*out, *input, {"ndjson", "csv"});
  out->add_option("--output", input->file, "A new file, for its owner alone")
      ->type_name("FILE")
      ->check(not_empty());
  out->add_flag("--password-hashes", input->hashes, "With the hashes, to import them elsewhere");
  out->footer(
      "Examples:\n  latchkey user export --data latchkey-data --password-hashes --output "
      "users.ndjson\n"
      "  latchkey user export --data latchkey-data --username ada@example.com\n"
      "Without a name, all users. Keep a file with hashes as safe as a backup.");
  CLI::App* in =
      add_transfer(user, action, input, "import", "Add users from a file", run_user_import);
  in->add_option("file", input->file, "The file; without it, or as -, standard input");
  in->add_option("--report", input->report, "Write every line that was refused, and why, here")
      ->type_name("FILE")
      ->check(not_empty());
  add_format(*in, *input, {"ndjson", "csv", "lucia", "better-auth", "authjs", "kratos"});
  in->add_flag("--dry-run", input->dry_run, "Change nothing; tell what would be refused");
  in->add_flag("--json", input->user.json, "Print the counts as JSON");
  in->footer(
      "Examples:\n  latchkey user import --data latchkey-data users.ndjson\n"
      "  latchkey user import --data latchkey-data --format lucia --dry-run lucia.csv\n"
      "Takes what export writes, or rows of the system that --format names, as CSV or a JSON "
      "object "
      "a\n"
      "line. Password hashes may be of Argon2, scrypt, bcrypt or PBKDF2; each is replaced when its "
      "user\n"
      "logs in. Others are refused and counted by their kind. Run again after an interruption, it "
      "goes on: who is there already "
      "is\n"
      "left as they are.");
}

}  // namespace

void add_user(CLI::App& program, Action& action) {
  CLI::App* user = program.add_subcommand("user", "Add, show, change and delete users");
  user->require_subcommand(1);
  user->footer("Works beside running servers, which see a change as they see each other's.");
  auto input = std::make_shared<UserInput>();
  add_making(*user, action, input);
  add_looking(*user, action, input);
  add_changing(*user, action, input);
  add_transfers(*user, action);
}

}  // namespace latchkey::cli
