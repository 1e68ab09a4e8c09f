#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "latchkey/auth.h"

// Sessions for Boost.Beast, with threads or with coroutines. Header-only; needs Boost 1.81.
//
//   using Request = boost::beast::http::request<boost::beast::http::string_body>;
//   using Response = boost::beast::http::response<boost::beast::http::string_body>;
//
//   latchkey::BeastAuth beast(auth, pool.get_executor());        // a boost::asio::thread_pool
//   Response response = co_await beast.answer(request, peer, [](const Request& request,
//                                             Response& response, latchkey::AuthSession& session) {
//     response.body() = session ? "Hello " + session.user_id().text() : "Hello";
//   });
//
// Each answer is the right one without a line of yours when the store fails (503, the cookie stays)
// and when a foreign page sent the request (403). What the handler changes is committed after it;
// if that fails, the failure is answered in place of what the handler wrote.
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

// BeastAuth answers requests. Copies share the Auth, which must outlive them. Thread-safe.
class BeastAuth {
 public:
  // `pool` is where a coroutine waits for the store and hashes passwords: never the executor of the
  // connections, which would stand still meanwhile.
  BeastAuth(Auth& auth, boost::asio::any_io_executor pool) : auth_(&auth), pool_(std::move(pool)) {}

  // answer_now answers on this thread, which may wait. `handle(request, response, session)` writes
  // a response of the type it takes; one with a string body.
  template <class Body, class Fields, class Handle>
  boost::beast::http::response<boost::beast::http::string_body> answer_now(
      const boost::beast::http::request<Body, Fields>& request, std::string_view peer,
      const Handle& handle, const BeginOptions& options = {}) {
    boost::beast::http::response<boost::beast::http::string_body> response;
    response.version(request.version());
    auto session = auth_->begin(view_of(request, peer), options);
    if (!session) {
      answer_problem(response, failure_status(session.error()), failure_problem(session.error()));
      response.set(boost::beast::http::field::cache_control, "no-store");
    } else if (session->state() == AuthState::refused) {
      answer_refusal(response, *session);
      session->apply(response);
    } else {
      handle(request, response, *session);
      // A handler that returned after a failed call without an answer is answered for.
      const bool answered =
          response.result() != boost::beast::http::status::ok || !response.body().empty();
      if (session->failed() && !answered) answer_refusal(response, *session);
      if (!session->commit()) answer_refusal(response, *session);
      session->apply(response);
    }
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    return response;
  }

  // answer does the same on the pool and resumes where the coroutine runs. `request` and `handle`
  // must live until then. What `handle` throws comes out here.
  template <class Body, class Fields, class Handle>
  boost::asio::awaitable<boost::beast::http::response<boost::beast::http::string_body>> answer(
      const boost::beast::http::request<Body, Fields>& request, std::string peer,
      const Handle& handle, BeginOptions options = {}) {
    const auto home = co_await boost::asio::this_coro::executor;
    boost::beast::http::response<boost::beast::http::string_body> response;
    std::exception_ptr thrown;
    co_await boost::asio::post(boost::asio::bind_executor(pool_, boost::asio::use_awaitable));
    try {
      response = answer_now(request, peer, handle, options);
    } catch (...) {
      thrown = std::current_exception();
    }
    co_await boost::asio::post(boost::asio::bind_executor(home, boost::asio::use_awaitable));
    if (thrown) std::rethrow_exception(thrown);
    co_return response;
  }

 private:
  Auth* auth_;
  boost::asio::any_io_executor pool_;
};

}  // namespace latchkey
