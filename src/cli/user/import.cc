#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>
#include <vector>

#include "base/utf8.h"
#include "cli/json_out.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/user/transfer.h"
#include "crypto/hash_kind.h"
#include "server/serve.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kRowsAtOnce = 512;
constexpr std::size_t kToldOnErrors = 20;

// Outcome is what became of one row.
struct RowOutcome {
  ImportOutcome outcome = ImportOutcome::added;
  std::string fault{};           // empty: the row could be read
  std::string kind{};            // of a hash that is not supported
  std::optional<Error> error{};  // of the store
};

RowOutcome import_row(UserAdmin& admin, UserRow& row, bool dry_run) {
  if (!row.fault.empty()) return {.fault = row.fault};
  const std::string kind{crypto::hash_kind(row.user.password_hash)};
  auto outcome =
      dry_run ? admin.check_import(std::move(row.user)) : admin.import(std::move(row.user));
  if (!outcome) return {.error = outcome.error()};
  return {.outcome = *outcome,
          .kind = *outcome == ImportOutcome::hash_unsupported ? kind : std::string{}};
}

// Report counts what happened and tells what was refused, and why.
class Report {
 public:
  explicit Report(std::ostream* file) : file_(file) {}

  void add(std::size_t line, const std::string& username, const RowOutcome& outcome) {
    if (outcome.fault.empty() && outcome.outcome == ImportOutcome::added) {
      ++added_;
    } else if (outcome.fault.empty() && outcome.outcome == ImportOutcome::already_there) {
      ++already_there_;
    } else {
      refuse(line, username, outcome);
    }
  }
  std::size_t refused() const noexcept { return refused_; }

  // summary is the last word, as JSON or as a sentence.
  std::string summary(bool json) const {
    JsonOut reasons;
    std::string text;
    for (const auto& [reason, count] : reasons_) {
      reasons.number(reason, static_cast<std::int64_t>(count));
      text.append(text.empty() ? " (" : ", ").append(reason).append(": ");
      text.append(std::to_string(count));
    }
    if (json) {
      return JsonOut()
          .number("added", static_cast<std::int64_t>(added_))
          .number("already_there", static_cast<std::int64_t>(already_there_))
          .number("refused", static_cast<std::int64_t>(refused_))
          .raw("reasons", reasons.done())
          .done();
    }
    return std::to_string(added_) + " added, " + std::to_string(already_there_) +
           " already there, " + std::to_string(refused_) + " refused" + text +
           (text.empty() ? "" : ")");
  }

 private:
  void refuse(std::size_t line, const std::string& username, const RowOutcome& outcome) {
    const std::string name{outcome.fault.empty() ? import_outcome_name(outcome.outcome)
                                                 : std::string_view{outcome.fault}};
    ++reasons_[outcome.kind.empty() ? name : name + ' ' + outcome.kind];
    ++refused_;
    if (file_ != nullptr) {
      JsonOut row;
      row.number("line", static_cast<std::int64_t>(line)).text("username", username);
      row.text("reason", name);
      if (!outcome.kind.empty()) row.text("kind", outcome.kind);
      *file_ << row.done() << '\n';
    } else if (refused_ <= kToldOnErrors) {
      std::fprintf(stderr, "line %zu: %s: %s%s%s\n", line,
                   clean_line(username, username.size()).c_str(), name.c_str(),
                   outcome.kind.empty() ? "" : " ", outcome.kind.c_str());
    } else if (refused_ == kToldOnErrors + 1) {
      std::fprintf(stderr, "there are more; --report FILE takes them all\n");
    }
  }

  std::ostream* file_;
  std::size_t added_ = 0;
  std::size_t already_there_ = 0;
  std::size_t refused_ = 0;
  std::map<std::string, std::size_t> reasons_;
};

// import_rows imports some rows on several threads, so that a store can commit many at once.
std::vector<RowOutcome> import_rows(UserAdmin& admin, std::vector<UserRow>& rows, bool dry_run) {
  constexpr std::size_t kThreads = 16;
  std::vector<RowOutcome> outcomes(rows.size());
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < std::min(kThreads, rows.size()); ++t) {
    threads.emplace_back([&] {
      for (std::size_t i = next++; i < rows.size(); i = next++) {
        outcomes[i] = import_row(admin, rows[i], dry_run);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return outcomes;
}

// Source is the file that is read, or standard input.
class Source {
 public:
  explicit Source(const std::string& path) : standard_(path.empty() || path == "-") {
    if (standard_) return;
    file_.open(path, std::ios::binary);
    std::error_code none;
    size_ = std::filesystem::file_size(path, none);
    if (none) size_ = 0;
  }
  bool opened() const { return standard_ || file_.is_open(); }
  std::istream& in() { return standard_ ? std::cin : file_; }
  // part tells how much of the file has been read, 0 to 1; 0 when that is not known.
  double part() {
    const auto at = size_ > 0 ? static_cast<double>(file_.tellg()) : 0.0;
    return at > 0 ? at / static_cast<double>(size_) : 0.0;
  }

 private:
  const bool standard_;
  std::ifstream file_;
  std::uintmax_t size_ = 0;
};

// import_all returns the failure of the store that ended it.
Result<void> import_all(UserAdmin& admin, Source& source, RowReader& reader, Report& report,
                        bool dry_run) {
  Progress progress("users");
  std::size_t done = 0;
  for (bool more = true; more;) {
    std::vector<UserRow> rows;
    while (rows.size() < kRowsAtOnce) {
      auto row = reader.next();
      more = row.has_value();
      if (!more) break;
      rows.push_back(*std::move(row));
    }
    std::vector<std::string> names;
    for (const UserRow& row : rows) names.push_back(row.user.user.username);
    const std::vector<RowOutcome> outcomes = import_rows(admin, rows, dry_run);
    std::optional<Error> failed;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (outcomes[i].error) {
        failed = failed ? failed : outcomes[i].error;
      } else {
        report.add(rows[i].line, names[i], outcomes[i]);
      }
    }
    if (failed) return *failed;
    done += rows.size();
    progress.done(done, source.part());
  }
  return {};
}

}  // namespace

RowFormat format_of(const std::string& format, const std::string& file) {
  if (format == "csv") return RowFormat::csv;
  if (format == "ndjson") return RowFormat::ndjson;
  return file.ends_with(".csv") ? RowFormat::csv : RowFormat::ndjson;
}

int run_user_import(const TransferInput& input) {
  const UserMapping* foreign = find_mapping(input.format);
  const UserMapping& mapping = foreign != nullptr ? *foreign : own_mapping();
  Source source(input.file);
  if (!source.opened()) {
    return complain(server::kExitUsage, "the file " + input.file + " cannot be read");
  }
  auto reader = make_row_reader(source.in(), format_of(input.format, input.file), mapping);
  if (!reader) return fail(reader.error());
  std::ofstream file;
  if (!input.report.empty()) {
    file.open(input.report);
    if (!file) return complain(server::kExitUsage, input.report + " cannot be written");
  }
  const Access access = input.dry_run ? Access::read : Access::write;
  Report report(input.report.empty() ? nullptr : &file);
  return with_users(input.user.store, access, [&](UserAdmin& admin, Store&) {
    const Result<void> all = import_all(admin, source, **reader, report, input.dry_run);
    const bool told = put(report.summary(input.user.json));
    if (!all) return fail(all.error());
    file.flush();
    if (!told || (file.is_open() && !file)) return server::kExitFailed;
    return report.refused() == 0 ? server::kExitOk : server::kExitFailed;
  });
}

}  // namespace latchkey::cli
