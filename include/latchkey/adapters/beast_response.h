#pragma once

#include <boost/beast/http/message.hpp>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "latchkey/auth.h"

// Requests and responses of Boost.Beast, for programs that write their own responses. Included by
// latchkey/adapters/beast.h.
//
//   auto session = auth.begin(latchkey::view_of(request, peer));
//   if (session && !session->require()) latchkey::answer_refusal(response, *session);
//   if (session) session->apply(response);
namespace latchkey {

template <class Body, class Fields>
struct ResponseHeaders<boost::beast::http::response<Body, Fields>> {
  using Response = boost::beast::http::response<Body, Fields>;
  template <class Unwanted>
  static void remove_if(Response& response, const Unwanted& unwanted) {
    for (auto header = response.begin(); header != response.end();) {
      header = unwanted(header->name_string(), header->value()) ? response.erase(header)
                                                                : std::next(header);
    }
  }
  static void add(Response& response, std::string_view name, std::string_view value) {
    response.insert(name, value);
  }
};

// view_of shows `request`, which must outlive the session. `peer` is the address of the socket.
template <class Body, class Fields>
RequestView view_of(const boost::beast::http::request<Body, Fields>& request,
                    std::string_view peer) noexcept {
  return {request.method_string(), request.target(), peer, request.base()};
}

// see_other redirects to `page`.
template <class Response>
void see_other(Response& response, std::string_view page) {
  response.result(boost::beast::http::status::see_other);
  response.set(boost::beast::http::field::location, page);
}

// answer_problem makes `response` a problem+json.
template <class Response>
void answer_problem(Response& response, int status, std::string problem) {
  response.result(static_cast<unsigned>(status));
  response.erase(boost::beast::http::field::location);
  response.set(boost::beast::http::field::content_type, "application/problem+json");
  response.body() = std::move(problem);
}

// answer_device writes what session.register_device() or refresh_device() returned, of a session
// that was begun with kDeviceRoute.
template <class Response>
void answer_device(Response& response, const AuthSession& session,
                   const Result<DeviceAnswer>& answer) {
  if (!answer) return answer_problem(response, session.status(), session.problem());
  response.result(static_cast<unsigned>(answer->status));
  response.set(boost::beast::http::field::content_type,
               answer->problem ? "application/problem+json" : "application/json");
  response.body() = answer->json;
}

// answer_refusal sends the visitor to the log-in page, or says why there is nothing else.
template <class Response>
void answer_refusal(Response& response, const AuthSession& session) {
  const std::string page = session.redirect();
  answer_problem(response, session.status(), session.problem());
  if (page.empty()) return;
  response.erase(boost::beast::http::field::content_type);
  response.body().clear();
  see_other(response, page);
}

}  // namespace latchkey
