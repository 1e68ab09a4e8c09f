#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "latchkey/ids.h"
#include "latchkey/result.h"
#include "latchkey/store/deny_store.h"
#include "latchkey/time.h"

// Sessions of other systems, read from their cookies while their users move to ours.
namespace latchkey::session {

// ForeignSession is what a cookie of another system says. `key` names that cookie for good, in
// whatever form it comes: foreign_key of the part that is authenticated.
struct ForeignSession {
  UserId user_id{};
  std::string attributes{};      // a JSON object
  UnixTime expires_at = kNever;  // the other system accepts the cookie until then
  std::string key{};
};

// ForeignRead is a session, or why there is none, for the log; `member` names the member of an
// authentic cookie that shows it.
struct ForeignRead {
  std::optional<ForeignSession> session{};
  std::string_view why{};
  std::string member{};
};

// ForeignSource reads the cookies of one system. Thread-safe.
class ForeignSource {
 public:
  virtual ~ForeignSource() = default;
  // name is what logs and metrics call it.
  virtual std::string_view name() const noexcept = 0;
  // lives_in_cookies tells whether one session has many cookies, as where each save makes a new
  // one.
  virtual bool lives_in_cookies() const noexcept { return true; }
  // read fails only when the machine does; whatever a client can send is an ordinary value. It
  // changes nothing.
  virtual Result<ForeignRead> read(std::string_view text, UnixTime now) = 0;
  // end makes sure that the cookie is never accepted again. False: somebody was first. Durable when
  // it returns. Sessions that live in their cookies are denied; others end at their home.
  virtual Result<bool> end(std::string_view text, const ForeignSession& session,
                           DenyStore& denials);
};

// foreign_key returns the name a cookie has in the deny store: `sha256:` and the hash.
std::string foreign_key(std::string_view text);

// read_user returns the user that `json`, an object, names at `path`, such as "user.id": text, or a
// whole number. Nothing when there is none.
std::optional<UserId> read_user(std::string_view json, std::string_view path);

}  // namespace latchkey::session
