#include "cli/inspect/inspect.h"

#include "latchkey/store/deny_store.h"

namespace latchkey::cli {
namespace {

void inspect_unknown(const Subject& subject, InspectReport& report) {
  report.add("kind", "nothing latchkey reads");
  if (subject.value.find('%') != std::string::npos) {
    report.add("hint", "it holds %: if it is percent-encoded, give it decoded");
  } else if (subject.value.starts_with("lk1_")) {
    report.add("hint", "a token of latchkey has 51 characters; this one has " +
                           std::to_string(subject.value.size()));
  }
  report.refuse("malformed");
}

void inspect_chunk(const Subject& subject, InspectReport& report) {
  report.add("kind", "part of a value cut into several cookies");
  report.add("chunks", std::to_string(subject.chunks) + " given");
  report.add("hint", "give all cookies " + subject.name + ".0, " + subject.name +
                         ".1 and so on, separated by ;");
  report.refuse("chunks are missing");
}

void inspect_lucia_id(const InspectWith& with, InspectReport& report) {
  report.add("kind", "by its form a session id of Lucia: the whole value is the secret");
  report.add("key", "none; the session is a row of Lucia's session table");
  report.add("expires", "told by that row only");
  report.leave_open(with.store ? "Lucia's tables are read during a migration only"
                               : "no data directory was named with --data");
}

}  // namespace

void tell_content(std::string_view content, const InspectWith& with, InspectReport& report) {
  report.add("content", with.show ? content : "hidden; --show prints it");
}

void tell_standing(std::string_view id, const UserId& user, std::int64_t epoch,
                   const InspectWith& with, InspectReport& report) {
  if (!with.store) return;
  const Result<Standing> standing = with.store->denials().standing(id, user);
  if (!standing) {
    report.add("store", std::string{"cannot be asked: "}.append(error_name(standing.error().code)));
    report.refuse("whether it was ended is not known");
    return;
  }
  if (standing->denied) report.refuse("revoked: it is on the deny-list");
  if (standing->user_epoch != epoch) report.refuse("revoked: all sessions of its user were ended");
  if (standing->user && standing->user->disabled) report.refuse("its user is disabled");
}

InspectReport inspect(const Subject& subject, const InspectWith& with) {
  InspectReport report;
  if (!subject.name.empty()) report.add("cookie", subject.name);
  switch (subject.kind) {
    case SubjectKind::token:
    case SubjectKind::hybrid:
      inspect_token(subject, with, report);
      break;
    case SubjectKind::native_seal:
      inspect_native_seal(subject, with, report);
      break;
    case SubjectKind::iron_seal:
      inspect_iron_seal(subject, with, report);
      break;
    case SubjectKind::jws:
      inspect_jws(subject, with, report);
      break;
    case SubjectKind::jwe:
      inspect_jwe(subject, with, report);
      break;
    case SubjectKind::lucia_id:
      inspect_lucia_id(with, report);
      break;
    case SubjectKind::chunk:
      inspect_chunk(subject, report);
      break;
    case SubjectKind::unknown:
      inspect_unknown(subject, report);
      break;
  }
  report.add("length", std::to_string(subject.value.size()) + " characters" +
                           (subject.chunks > 1 && subject.kind != SubjectKind::chunk
                                ? " in " + std::to_string(subject.chunks) + " cookies"
                                : ""));
  return report;
}

}  // namespace latchkey::cli
