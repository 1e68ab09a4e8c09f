#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/api/problem.h"
#include "http/app.h"
#include "http/verify/original.h"
#include "http/verify/verify_options.h"

namespace latchkey::http {

// VerifyCall is one request of a proxy, or of an application, that asks whether another request may
// pass: 200 and who asks, or why not. It reads what the proxy says about that request and writes
// the answer in the proxy's dialect; who asks and what goes back is decided by Auth.
//
//   VerifyCall call(app, request, Dialect::nginx, "/v1/verify/nginx");
//   if (call.early()) return *call.early();
//   return call.answer(app.auth.begin(call.view(), call.begin_options()));
//
// It shows its own members to Auth, so it stays where it is until it has answered.
class VerifyCall {
 public:
  VerifyCall(App& app, const Request& request, Dialect dialect, std::string_view route);
  VerifyCall(const VerifyCall&) = delete;
  VerifyCall& operator=(const VerifyCall&) = delete;

  // early is the answer that does not depend on who asks, if there is one.
  const std::optional<Response>& early() const noexcept { return early_; }
  RequestView view() const noexcept;
  BeginOptions begin_options() const noexcept;
  // answer is the whole answer, with the cookie that goes back.
  Response answer(Result<AuthSession> begun) const;

 private:
  bool trusts_peer() const;
  // read returns what is wrong with the question, or nothing.
  std::optional<Problem> read();
  // may_open_socket: the request may be the handshake of a web socket.
  bool may_open_socket() const;
  bool query_may_be_the_clients(bool trusted) const;
  bool read_options(bool trusted);
  std::optional<Problem> read_need();
  std::string own_origin() const;
  void read_origin();
  bool is_preflight() const noexcept;
  Response refuse(Problem problem) const;
  Response refuse(const AuthSession& session) const;
  Response allow(const SessionRecord* session, const User* user, Millis age) const;
  Response allow_nobody() const { return allow(nullptr, nullptr, Millis{0}); }
  void log_stale(const AuthSession& session) const;
  bool navigation() const;
  std::string log_in_location(const AuthSession& session) const;

  App& app_;
  const VerifySettings& settings_;  // one and the same for the whole call
  const Request& request_;
  const Dialect dialect_;
  const std::string_view route_;
  Original original_{};
  VerifyOptions options_{};
  Need need_{};
  std::string own_origin_{};  // when where the request comes from matters
  bool origin_allowed_ = false;
  std::optional<Response> early_{};
};

}  // namespace latchkey::http
