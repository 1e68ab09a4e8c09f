#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "codec/token/token_parts.h"
#include "latchkey/sessions.h"
#include "session/write_behind.h"

namespace latchkey::session {

// Validator answers one question: what is this token worth now? Thread-safe.
class Validator {
 public:
  Validator(SessionStore& store, WriteBehind& behind, const Policy& policy, const Clock& clock)
      : store_(store), behind_(behind), policy_(policy), clock_(clock) {}

  // validate writes its answer into `out`, which is a Validation just made. After an Error nothing
  // of a session is there.
  Result<void> validate(std::string_view text, const ValidateOptions& options, Validation& out);
  // validate_all appends what validate says of each to `answers`.
  void validate_all(std::span<const TokenCheck> checks, std::vector<Result<Validation>>& answers);
  Sessions::Stats stats() const noexcept {
    return {.secrets_in_grace = in_grace_.load(),
            .secrets_wrong = wrong_.load(),
            .users_disabled = disabled_.load()};
  }

 private:
  struct Asked;  // one token of many
  struct Look;   // one look-up and what was judged from it
  Result<void> look(const SessionId& id, const SecretHash& hash, const FindOptions& options,
                    Look& look);
  void look_all(std::span<Asked* const> asked, bool fresh);
  // see judges what was found of a session, and the secret that was shown for it.
  void see(UnixTime now, const SecretHash& hash, Look& look) const;
  void reconsider(const std::optional<Touch>& waiting, Look& look) const;
  void confirm(std::span<Asked* const> seen);
  // in_doubt tells whether an answer that ends the session must come from the store itself.
  static bool in_doubt(const Look& seen, const ValidateOptions& options) noexcept;
  // accept leaves of what was found what the holder of this token is told.
  void accept(const codec::TokenParts& shown, const SecretHash& hash, Look& look,
              const ValidateOptions& options);
  SessionState judge_token(const codec::TokenParts& shown, const SecretHash& hash, Look& look,
                           const ValidateOptions& options);

  SessionStore& store_;
  WriteBehind& behind_;
  const Policy& policy_;
  const Clock& clock_;
  std::atomic<std::uint64_t> in_grace_{0};
  std::atomic<std::uint64_t> wrong_{0};
  std::atomic<std::uint64_t> disabled_{0};
};

}  // namespace latchkey::session
