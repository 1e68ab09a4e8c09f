#pragma once

#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "codec/json/json.h"
#include "tests/support/auth_fixture.h"

// The rows of tests/auth_cases/requests.jsonl, for every shape that can run them. README.md beside
// it explains the columns.
namespace latchkey::testing {

// AuthCase is one row, with everything it needs. A shape derives from it.
class AuthCase : public AuthFixture {
 public:
  explicit AuthCase(codec::Json row) : row_(std::move(row)) {}
  // run opens the row's site, prepares its client and lets the shape play the request.
  void run();

  // Members of the row, or what it means when they are not there.
  std::string text(std::string_view name, std::string fallback = {}) const;
  std::string wanted(std::string_view name, std::string fallback = {}) const;
  bool wants(std::string_view name) const { return row_.find("want")->find(name) != nullptr; }
  bool wanted_flag(std::string_view name) const;
  bool option(std::string_view name, bool fallback) const;  // of `begin`
  std::vector<std::string> wanted_cookies() const;          // sorted
  const codec::Json& row() const noexcept { return row_; }

 protected:
  // play sends the request and compares what comes back. `before` is when the session was seen.
  virtual void play(Ask ask, std::optional<UnixTime> before) = 0;
  std::optional<UnixTime> last_seen();
  // add_user makes sure that there is a user to log in.
  void add_user();
  Auth& auth() noexcept { return *auth_; }
  std::uint64_t calls() const noexcept { return calls_; }

 private:
  void TestBody() override {}
  AuthOptions options();
  void add_takeover(AuthOptions& options);
  Ask own_form();
  void bring(std::string cookies) { client_headers_.emplace_back("Cookie", std::move(cookies)); }
  void log_in_client(const LogInOptions& how);
  void prepare();
  void prepare_foreign(const std::string& client);
  void prepare_bearer(const std::string& client);
  void prepare_user(const std::string& client);
  void age(const std::string& client);

  const codec::Json row_;
  std::string site_;
  Carrier carrier_ = Carrier::stored;
  Metrics metrics_;
  std::unique_ptr<Auth> auth_;
  Headers client_headers_;
  std::string cookie_;  // of the user, as name=value
  std::string token_;   // likewise, of one without a cookie
  std::optional<SessionId> id_;
};

// brief names what a Set-Cookie line does: "set NAME" or "delete NAME", with Domain and Path when
// they are not the usual ones.
std::string brief(const std::string& line);

// each_case calls `play` with every row. Returns how many there are.
int each_case(const std::function<void(codec::Json row)>& play);

}  // namespace latchkey::testing
