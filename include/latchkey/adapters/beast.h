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
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "latchkey/adapters/beast_response.h"
#include "latchkey/auth.h"
#include "latchkey/pending.h"

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
// A handler may be a coroutine. It stays on the connection's thread and waits through the pool:
//
//   [&](const Request& request, Response& response,
//       latchkey::AuthSession& session) -> boost::asio::awaitable<void> {
//     auto outcome = co_await beast.wait([&] { return session.log_in({name, password}); });
//     ...
//   }
//
// The adapter answers by itself if the store fails (503, the cookie is kept) and if another site
// sent the request (403). Changes made by the handler are committed after it; if that fails, the
// failure replaces the handler's response.
namespace latchkey {

// BeastAuth answers requests. Copies share the Auth, which must outlive them. Thread-safe.
class BeastAuth {
 public:
  using Response = boost::beast::http::response<boost::beast::http::string_body>;
  template <class T>
  using awaitable = boost::asio::awaitable<T>;

  // `pool` waits for the store and hashes passwords for coroutines. Never pass the executor of the
  // connections, because it would block.
  BeastAuth(Auth& auth, boost::asio::any_io_executor pool) : auth_(&auth), pool_(std::move(pool)) {}

  // answer_now answers on this thread, which may wait. `handle(request, response, session)` writes
  // a response of the type it takes; one with a string body.
  template <class Body, class Fields, class Handle>
  Response answer_now(const boost::beast::http::request<Body, Fields>& request,
                      std::string_view peer, const Handle& handle,
                      const BeginOptions& options = {}) {
    Response response;
    auto session = auth_->begin(view_of(request, peer), options);
    if (opened(session, response)) {
      handle(request, response, *session);
      answer_failed(*session, response);
      close(*session, session->commit(), response);
    }
    return finished(request, std::move(response));
  }

  // answer does the same for a coroutine. A plain handler runs on the pool. One that returns
  // awaitable<void> runs where the caller does, so what waits in it goes through wait(). `request`
  // and `handle` must live until the answer is there. What `handle` throws comes out here.
  template <class Body, class Fields, class Handle>
  awaitable<Response> answer(const boost::beast::http::request<Body, Fields>& request,
                             std::string peer, const Handle& handle, BeginOptions options = {}) {
    using Returned =
        decltype(handle(request, std::declval<Response&>(), std::declval<AuthSession&>()));
    if constexpr (std::is_same_v<Returned, awaitable<void>>) {
      return answer_waiting<Body, Fields>(
          request, std::move(peer),
          [&](Response& response, AuthSession& session) {
            return handle(request, response, session);
          },
          options);
    } else {
      return wait([this, &request, peer = std::move(peer), &handle, options] {
        return answer_now(request, peer, handle, options);
      });
    }
  }

  // begin returns the session, for programs that write their own responses. It runs on the caller's
  // executor if the answer is in this process, and otherwise waits for the store on the pool.
  // `request` and `peer` must outlive the session.
  template <class Body, class Fields>
  awaitable<Result<AuthSession>> begin(const boost::beast::http::request<Body, Fields>& request,
                                       std::string_view peer, BeginOptions options = {}) {
    Result<Begun> begun = auth_->begin_now(view_of(request, peer), options);
    if (!begun) co_return begun.error();
    if (auto* const known = std::get_if<AuthSession>(&*begun)) co_return std::move(*known);
    co_return co_await wait([&] { return std::get<Pending>(*std::move(begun)).resume(); });
  }

  // wait runs a blocking call, such as AuthSession::log_in, on the pool and returns its result on
  // the caller's executor. The call and everything it owns are kept until then. Exceptions are
  // rethrown here.
  template <class Call>
  awaitable<std::invoke_result_t<Call&>> wait(Call call) {
    const auto kept = std::make_shared<Call>(std::move(call));
    return wait_for<std::invoke_result_t<Call&>>([kept] { return (*kept)(); });
  }

 private:
  // These coroutines name no type of a caller's handler or call, of which GCC would warn.
  template <class Body, class Fields>
  awaitable<Response> answer_waiting(const boost::beast::http::request<Body, Fields>& request,
                                     std::string peer,
                                     std::function<awaitable<void>(Response&, AuthSession&)> handle,
                                     BeginOptions options) {
    Response response;
    auto session = co_await begin(request, peer, options);
    if (opened(session, response)) {
      co_await handle(response, *session);
      answer_failed(*session, response);
      Result<void> committed;
      if (session->has_changes()) committed = co_await wait([&] { return session->commit(); });
      close(*session, committed, response);
    }
    co_return finished(request, std::move(response));
  }
  template <class Returned>
  awaitable<Returned> wait_for(std::function<Returned()> call) {
    const auto home = co_await boost::asio::this_coro::executor;
    std::optional<Returned> result;
    std::exception_ptr thrown;
    co_await boost::asio::post(boost::asio::bind_executor(pool_, boost::asio::use_awaitable));
    try {
      result.emplace(call());
    } catch (...) {
      thrown = std::current_exception();
    }
    co_await boost::asio::post(boost::asio::bind_executor(home, boost::asio::use_awaitable));
    if (thrown) std::rethrow_exception(thrown);
    co_return *std::move(result);
  }

  // opened answers what no handler sees: a failed store, and a foreign page.
  static bool opened(Result<AuthSession>& session, Response& response) {
    if (!session) {
      answer_problem(response, failure_status(session.error()), failure_problem(session.error()));
      response.set(boost::beast::http::field::cache_control, "no-store");
      return false;
    }
    if (session->state() != AuthState::refused) return true;
    answer_refusal(response, *session);
    session->apply(response);
    return false;
  }

  // A handler that returned after a failed call without an answer is answered for.
  static void answer_failed(const AuthSession& session, Response& response) {
    const bool answered =
        response.result() != boost::beast::http::status::ok || !response.body().empty();
    if (session.failed() && !answered) answer_refusal(response, session);
  }

  static void close(AuthSession& session, const Result<void>& committed, Response& response) {
    if (!committed) answer_refusal(response, session);
    session.apply(response);
  }

  template <class Body, class Fields>
  static Response finished(const boost::beast::http::request<Body, Fields>& request,
                           Response response) {
    response.version(request.version());
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    return response;
  }

  Auth* auth_;
  boost::asio::any_io_executor pool_;
};

}  // namespace latchkey
