#pragma once

#include <httplib.h>

#include <string>
#include <string_view>
#include <utility>

#include "latchkey/auth.h"

// Sessions for cpp-httplib. Header-only; Debian has the library as libcpp-httplib-dev.
//
//   httplib::Server server;
//   server.Get("/", latchkey::with_session(auth, [](const auto& request, auto& response,
//                                                   latchkey::AuthSession& session) {
//     response.set_content(session ? "Hello " + session.user_id().text() : "Hello", "text/plain");
//   }));
//   server.Get("/training", latchkey::with_user(auth, [](const auto& request, auto& response,
//                                                        latchkey::AuthSession& session) { ... }));
//
// The adapter answers by itself if the store fails (503, the cookie is kept), if another site sent
// the request (403), and, with with_user, if nobody is signed in (a redirect to the log-in page, or
// 401 for a script). Changes made by a handler are committed after it; if that fails, the failure
// replaces the handler's response.
namespace latchkey {

template <>
struct ResponseHeaders<httplib::Response> {
  template <class Unwanted>
  static void remove_if(httplib::Response& response, const Unwanted& unwanted) {
    for (auto header = response.headers.begin(); header != response.headers.end();) {
      header = unwanted(header->first, header->second) ? response.headers.erase(header)
                                                       : std::next(header);
    }
  }
  static void add(httplib::Response& response, std::string_view name, std::string_view value) {
    response.headers.emplace(name, value);
  }
};

inline RequestView view_of(const httplib::Request& request) noexcept {
  return {request.method, request.target, request.remote_addr, request.headers};
}

// answer_problem replaces `response` by a problem+json.
inline void answer_problem(httplib::Response& response, int status, const std::string& problem) {
  response = httplib::Response{};
  response.status = status;
  response.set_content(problem, "application/problem+json");
}

// answer_failure answers a request whose session could not be looked up.
inline void answer_failure(httplib::Response& response, const Error& error) {
  answer_problem(response, failure_status(error), failure_problem(error));
  response.set_header("Cache-Control", "no-store");
}

// answer_refusal sends the visitor to the log-in page, or says why there is nothing else.
inline void answer_refusal(httplib::Response& response, const AuthSession& session) {
  const std::string page = session.redirect();
  answer_problem(response, session.status(), session.problem());
  if (page.empty()) return;
  response = httplib::Response{};
  response.set_redirect(page, 303);
}

// finish commits a handler's changes and sets the session's headers on its response. If the handler
// returned after a failed call without a response, finish writes one.
inline void finish(AuthSession& session, httplib::Response& response) {
  const bool answered =
      response.status != -1 || !response.body.empty() || response.content_provider_;
  if (session.failed() && !answered) answer_refusal(response, session);
  if (!session.commit()) answer_refusal(response, session);
  session.apply(response);
}

// answer_device writes what session.register_device() or refresh_device() returned.
inline void answer_device(httplib::Response& response, const AuthSession& session,
                          const Result<DeviceAnswer>& answer) {
  if (!answer) return answer_problem(response, session.status(), session.problem());
  response.status = answer->status;
  response.set_content(answer->json,
                       answer->problem ? "application/problem+json" : "application/json");
}

// with_session makes a handler of `handle(request, response, session)`.
template <class Handle>
httplib::Server::Handler with_session(Auth& auth, Handle handle, BeginOptions options = {}) {
  return [&auth, handle = std::move(handle), options](const httplib::Request& request,
                                                      httplib::Response& response) {
    auto session = auth.begin(view_of(request), options);
    if (!session) return answer_failure(response, session.error());
    if (session->state() == AuthState::refused) {
      answer_refusal(response, *session);
    } else {
      handle(request, response, *session);
    }
    finish(*session, response);
  };
}

// with_user is with_session for signed-in users, who also meet `demand`.
template <class Handle>
httplib::Server::Handler with_user(Auth& auth, Handle handle, Demand demand = {},
                                   BeginOptions options = {}) {
  return with_session(
      auth,
      [handle = std::move(handle), demand](const httplib::Request& request,
                                           httplib::Response& response, AuthSession& session) {
        if (session.require(demand)) handle(request, response, session);
      },
      options);
}

// add_device_routes adds the two routes of device-bound sessions: docs/device_binding.md
inline void add_device_routes(httplib::Server& server, Auth& auth) {
  const DeviceBindingOptions& binding = auth.options().device_binding;
  server.Post(binding.register_path,
              with_session(
                  auth,
                  [](const httplib::Request&, httplib::Response& response, AuthSession& session) {
                    answer_device(response, session, session.register_device());
                  },
                  kDeviceRoute));
  server.Post(binding.refresh_path,
              with_session(
                  auth,
                  [](const httplib::Request&, httplib::Response& response, AuthSession& session) {
                    answer_device(response, session, session.refresh_device());
                  },
                  kDeviceRoute));
}

}  // namespace latchkey
