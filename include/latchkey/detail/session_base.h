#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/attributes.h"
#include "latchkey/ids.h"
#include "latchkey/record.h"
#include "latchkey/result.h"
#include "latchkey/session_calls.h"
#include "latchkey/token.h"

// What Auth, `latchkey serve` and the npm package need of Sessions beyond its documented calls.
// These calls may change with every version: a program uses Auth and AuthSession for the same.
//
//   auto known = auth.sessions().validate_all(checks);  // an answer for each, in their order
namespace latchkey {

struct OthersRevoked;
struct SessionsOptions;
struct Updated;

namespace detail {

// SessionBase is the part of Sessions that only the library itself calls. Thread-safe. Blocking
// calls are marked as in Sessions.
class SessionBase {
 public:
  SessionBase(const SessionBase&) = delete;
  SessionBase& operator=(const SessionBase&) = delete;

  // validate_into is validate, and writes the answer into `out`, a Validation just made, so that
  // nothing of it is moved. After an Error nothing of a session is there. Blocks.
  Result<void> validate_into(std::string_view token, const ValidateOptions& options,
                             Validation& out);
  // validate_all and create_all do what validate and create do, for many sessions, in their order.
  // The store gets as few queries as it takes for 64 of them. Each has an outcome of its own. With
  // carriers that have no rows they are done one after another. Blocks.
  std::vector<Result<Validation>> validate_all(std::span<const TokenCheck> checks);
  std::vector<Result<NewSession>> create_all(std::span<const CreateRequest> requests);
  // revoke_others ends every session of the user but this one, which a validation returned. Blocks.
  Result<OthersRevoked> revoke_others(const SessionRecord& session, const DeviceContext& by = {});
  // edit sets and erases attributes by name, whole members: parallel edits of other names are kept.
  // With `presented`, the client's cookie, a hybrid session gets a new snapshot at once. Blocks.
  Result<Updated> edit(const SessionRecord& session, std::span<const AttributeEdit> edits,
                       std::string_view presented = {});
  // reissue writes a stateless session again under `user_epoch`, which the caller's own change (of
  // the password, for example) has just returned. not_found: another change has ended it since.
  Result<NewSession> reissue(const SessionRecord& session, std::int64_t user_epoch);

  // rebind puts what `next` makes of a session as it is now in the place of its device binding. An
  // error of `next` ends it, and nothing changed. not_found: the session has ended. Blocks.
  using NextBinding = std::function<Result<std::string>(const SessionRecord&)>;
  Result<SessionRecord> rebind(const SessionId& id, const NextBinding& next);

  // set_cookie returns the Set-Cookie value for a session (or too_large); blank_cookie deletes it.
  Result<std::string> set_cookie(const SessionToken& token, const SessionRecord& record) const;
  std::string blank_cookie() const;
  // With max_chunks over 1: read_cookie joins the value (nothing if a name came twice);
  // set_cookies also deletes stale chunks among `lines`, the request's Cookie lines.
  std::optional<std::string> read_cookie(std::span<const std::string_view> lines) const;
  Result<std::vector<std::string>> set_cookies(const SessionToken& token,
                                               const SessionRecord& record,
                                               std::span<const std::string_view> lines) const;
  std::vector<std::string> blank_cookies(std::span<const std::string_view> lines) const;

  const SessionsOptions& options() const noexcept;

 protected:
  struct Impl;
  explicit SessionBase(std::unique_ptr<Impl> impl);
  ~SessionBase();
  std::unique_ptr<Impl> impl_;
};

}  // namespace detail
}  // namespace latchkey
