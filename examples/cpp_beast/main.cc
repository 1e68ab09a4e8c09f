// Sign-up, log-in, a page for users, devices and log-out on Boost.Beast, with coroutines.
//   cpp_beast --listen 127.0.0.1:8080 --store sqlite:app.db
#include <string>

#include <latchkey/adapters/beast.h>
#include <latchkey/browser_client.h>
#include <boost/asio/thread_pool.hpp>

#include "form.h"
#include "options.h"
#include "pages.h"
#include "serve.h"

namespace {

using example::form_value;
using example::html;
using example::Request;
using example::Response;
using latchkey::AuthSession;
using latchkey::see_other;

void home(const Request&, Response& response, AuthSession& session) {
  html(response, pages::home(session));
}

void training(const Request&, Response& response, AuthSession& session) {
  if (session.require()) html(response, pages::training(session));
}

void show_form(const Request& request, Response& response, AuthSession& session) {
  if (session) return see_other(response, "/training");
  const bool sign_up = request.target().starts_with("/signup");
  const std::string next = session.safe_next(example::query_value(request.target(), "next"));
  html(response, pages::form(session, {.sign_up = sign_up, .next = next}));
}

// Sign-up and log-in: a session, or the form again with what was wrong.
void enter(const Request& request, Response& response, AuthSession& session) {
  const bool sign_up = request.target() == "/signup";
  const std::string& body = request.body();
  const std::string name = form_value(body, "username");
  const std::string password = form_value(body, "password");
  const std::string next = session.safe_next(form_value(body, "next"));
  const latchkey::LogInOptions options{.remember = !form_value(body, "remember").empty(),
                                       .carry = {"cart"}};
  const auto done = sign_up ? session.sign_up({name, password}, options)
                            : session.log_in({name, password}, options);
  if (!done) return;  // the store failed: the adapter answers 503
  if (*done == latchkey::Rejection::none) return see_other(response, next);
  const std::string problem{latchkey::rejection_text(*done)};
  const bool limited = *done == latchkey::Rejection::rate_limited;
  html(response, pages::form(session, {sign_up, name, problem, next}), limited ? 429 : 422);
}

void devices(const Request&, Response& response, AuthSession& session) {
  if (!session.require()) return;
  if (const auto list = session.devices()) html(response, pages::devices(session, *list));
}

void end_device(const Request& request, Response& response, AuthSession& session) {
  const auto id = latchkey::SessionId::parse(form_value(request.body(), "id"));
  if (id && !session.end_device(*id)) return;
  see_other(response, "/devices");
}

void end_others(const Request&, Response& response, AuthSession& session) {
  if (session.log_out_others()) see_other(response, "/devices");
}

// A visitor's cart is a guest's session; a log-in takes it along.
void add_to_cart(const Request&, Response& response, AuthSession& session) {
  if (session.record() == nullptr && !session.start_guest()) return;
  if (session.set("cart", pages::one_more_in_cart(session))) see_other(response, "/");
}

void log_out(const Request&, Response& response, AuthSession& session) {
  if (session.log_out()) see_other(response, "/");
}

void who_am_i(const Request&, Response& response, AuthSession& session) {
  if (!session) return latchkey::answer_problem(response, session.status(), session.problem());
  response.set("Content-Type", "application/json");
  response.body() = pages::me(session);
}

// A browser that can binds the session to a key of its own, and proves it here again and again.
void register_device(const Request&, Response& response, AuthSession& session) {
  latchkey::answer_device(response, session, session.register_device());
}

void refresh_device(const Request&, Response& response, AuthSession& session) {
  latchkey::answer_device(response, session, session.refresh_device());
}

// What the script of the pages asks when it wants to know whether the session is still there.
void status(const Request&, Response& response, AuthSession& session) {
  response.set("Content-Type", "application/json");
  response.body() = latchkey::session_status(session);
}

void script(const Request& request, Response& response, AuthSession& session) {
  session.cacheable();
  response.set("Cache-Control", pages::caching(request.target()));
  response.set("Content-Type", "text/javascript; charset=utf-8");
  response.body() = latchkey::browser_script();
}

}  // namespace

int main(int argc, char** argv) {
  const pages::Options options = pages::read_options(argc, argv);
  const auto auth =
      latchkey::Auth::open({.store = options.store,
                            .public_url = options.public_url,
                            .device_binding = {.mode = latchkey::DeviceBinding::prefer,
                                               .cookie_life = options.bound_life},
                            .home_path = "/training"});
  if (!auth) return pages::fail(auth.error());
  boost::asio::thread_pool pool(4);  // where requests wait for the store and hash passwords
  latchkey::BeastAuth beast(**auth, pool.get_executor());
  const example::Routes routes{{"GET /", home},
                               {"GET /login", show_form},
                               {"GET /signup", show_form},
                               {"POST /login", enter},
                               {"POST /signup", enter},
                               {"GET /training", training},
                               {"GET /devices", devices},
                               {"POST /devices", end_device},
                               {"POST /logout", log_out},
                               {"POST /devices/others", end_others},
                               {"POST /cart", add_to_cart},
                               {"POST /device/register", register_device},
                               {"POST /device/refresh", refresh_device},
                               {"GET /v1/session/status", status},
                               {"GET /latchkey.js", script},
                               {"GET /api/me", who_am_i}};
  return example::serve(options.host, options.port, beast, routes) ? 0 : 1;
}
