#include "http/admin/admin.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/text.h"
#include "http/admin/parts.h"
#include "http/api/problem.h"

namespace latchkey::http {
namespace {

using admin::Desk;

constexpr std::string_view kSessions = "/admin/v1/sessions";
constexpr std::string_view kUsers = "/admin/v1/users";
constexpr std::string_view kEvents = "/admin/v1/events";

// Reply is an answer, or the methods that a path takes.
struct Reply {
  std::optional<Response> response{};
  std::string_view allowed{};  // empty: there is nothing at that path
};

bool is_json(const Request& request) noexcept {
  const auto type = request.header("content-type");
  return type && request.header_count("content-type") == 1 &&
         starts_with_ignoring_case(*type, "application/json");
}

template <class Answer>
Reply post(const Request& request, Answer answer) {
  if (request.method != "POST") return {.allowed = "POST"};
  return {answer()};
}

// of_id answers for one session or user: `get`, `remove`.
template <class Get, class Remove>
Reply of_one(const Request& request, Get get, Remove remove) {
  if (request.method == "GET" || request.method == "HEAD") return {get()};
  if (request.method == "DELETE") return {remove()};
  return {.allowed = "GET, HEAD, DELETE"};
}

template <class List>
Reply of_list(const Request& request, List list) {
  if (request.method == "GET" || request.method == "HEAD") return {list()};
  return {.allowed = "GET, HEAD"};
}

// below returns what stands behind `prefix` and a slash, or nothing.
std::optional<std::string_view> below(std::string_view path, std::string_view prefix) noexcept {
  if (!path.starts_with(prefix) || path.size() <= prefix.size() + 1) return std::nullopt;
  if (path[prefix.size()] != '/') return std::nullopt;
  return path.substr(prefix.size() + 1);
}

Reply answer_session(Desk& desk, const Request& request, std::string_view rest) {
  if (rest == "introspect" || rest == "revoke") {
    return post(request, [&] {
      if (!is_json(request)) return problem_response(Problem::unsupported_media_type);
      return rest == "revoke" ? admin::revoke(desk, request) : admin::introspect(desk, request);
    });
  }
  const auto id = SessionId::parse(rest);
  if (!id) return {problem_response(Problem::session_not_found)};
  return of_one(
      request, [&] { return admin::show_session(desk, *id); },
      [&] { return admin::end_session(desk, *id); });
}

// ID, or ID/disable and ID/enable.
Reply answer_user(Desk& desk, const Request& request, std::string_view rest) {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view change = rest.substr(std::min(slash + 1, rest.size()));
  const auto text = percent_decode(rest.substr(0, slash));
  const auto id = text ? UserId::parse(*text) : std::nullopt;
  if (!id) return {problem_response(Problem::user_not_found)};
  if (slash == rest.size()) {
    return of_one(
        request, [&] { return admin::show_user(desk, *id); },
        [&] { return admin::delete_user(desk, *id); });
  }
  if (change == "disable") return post(request, [&] { return admin::disable_user(desk, *id); });
  if (change == "enable") return post(request, [&] { return admin::enable_user(desk, *id); });
  return {};
}

Reply answer_path(Desk& desk, const Request& request) {
  if (request.path == kSessions) {
    return of_list(request, [&] { return admin::list_sessions(desk, request); });
  }
  if (request.path == kUsers) {
    return of_list(request, [&] { return admin::list_users(desk, request); });
  }
  if (request.path == kEvents) {
    return of_list(request, [&] { return admin::list_events(desk, request); });
  }
  if (const auto rest = below(request.path, kSessions)) return answer_session(desk, request, *rest);
  if (const auto rest = below(request.path, kUsers)) return answer_user(desk, request, *rest);
  return {};
}

// What changes something is logged, without the body, which may hold tokens (R176). A path that was
// refused may hold anything.
void tell(const Request& request, const Response& response) {
  if (request.method == "GET" || request.method == "HEAD") return;
  if (request.path.ends_with("/introspect")) return;
  log(LogLevel::info, "admin_action",
      {{"method", request.method},
       {"path", response.status < 300 ? request.path : std::string_view{"refused"}},
       {"status", std::to_string(response.status)}});
}

Response answer(Desk& desk, const Request& request) {
  Reply reply = answer_path(desk, request);
  if (reply.response) {
    tell(request, *reply.response);
    return *std::move(reply.response);
  }
  if (reply.allowed.empty()) return problem_response(Problem::not_found);
  Response refused = problem_response(Problem::method_not_allowed);
  refused.headers.emplace_back("Allow", std::string{reply.allowed});
  return refused;
}

Result<UserAdmin> make_users(Auth& auth, const Clock* clock) {
  const AccountsOptions& passwords = auth.options().passwords;
  return UserAdmin::make(auth.store(),
                         {.cost = passwords.cost,
                          .peppers = passwords.peppers,
                          .site_name = passwords.site_name,
                          .is_leaked = passwords.is_leaked,
                          .insecure_cost_for_tests = passwords.insecure_cost_for_tests,
                          .clock = clock});
}

}  // namespace

struct AdminService::Impl {
  Desk desk;
};

// Auth was opened with the same cost, so it is not refused here.
AdminService::AdminService(Auth& auth) {
  const Clock* clock = auth.options().clock;
  impl_.reset(new Impl{{.auth = auth,
                        .users = *make_users(auth, clock),
                        .clock = clock == nullptr ? system_clock() : *clock}});
}

AdminService::~AdminService() = default;

Response AdminService::handle(const Request& request) {
  try {
    return answer(impl_->desk, request);
  } catch (const std::exception&) {
    log(LogLevel::error, "internal_error", {{"path", "admin"}});
    return problem_response(Problem::overloaded);
  }
}

}  // namespace latchkey::http
