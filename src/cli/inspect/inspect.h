#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/inspect/inspect_report.h"
#include "cli/inspect/inspect_subject.h"
#include "latchkey/keyring.h"
#include "latchkey/secret.h"
#include "latchkey/store.h"

namespace latchkey::cli {

// InspectWith is what there is to check values with; all of it may be missing.
struct InspectWith {
  UnixTime now{};
  bool show = false;
  std::optional<SecretBytes> key{};
  bool raw_key = false;
  std::shared_ptr<const KeyRing> ring{};  // of a data directory
  std::unique_ptr<Store> store{};
};

// Each tells one kind of value. docs/cli.md
InspectReport inspect(const Subject& subject, const InspectWith& with);

void inspect_token(const Subject& subject, const InspectWith& with, InspectReport& report);
void inspect_native_seal(const Subject& subject, const InspectWith& with, InspectReport& report);
void inspect_iron_seal(const Subject& subject, const InspectWith& with, InspectReport& report);
void inspect_jws(const Subject& subject, const InspectWith& with, InspectReport& report);
void inspect_jwe(const Subject& subject, const InspectWith& with, InspectReport& report);

// tell_standing says whether the store has ended a session that no row holds.
void tell_standing(std::string_view id, const UserId& user, std::int64_t epoch,
                   const InspectWith& with, InspectReport& report);
// tell_content prints sealed content when that was asked for.
void tell_content(std::string_view content, const InspectWith& with, InspectReport& report);

}  // namespace latchkey::cli
