// Sign-up, log-in, a page for users, devices and log-out on cpp-httplib.
//   cpp_httplib --listen 127.0.0.1:8080 --store sqlite:app.db
#include <string>

#include <latchkey/adapters/httplib.h>
#include <latchkey/browser_client.h>

#include "options.h"
#include "pages.h"

namespace {

using httplib::Request;
using httplib::Response;
using latchkey::AuthSession;

void html(Response& response, const std::string& page, int status = 200) {
  response.status = status;
  response.set_content(page, "text/html; charset=utf-8");
}

void home(const Request&, Response& response, AuthSession& session) {
  html(response, pages::home(session));
}

void training(const Request&, Response& response, AuthSession& session) {
  html(response, pages::training(session));
}

void show_form(const Request& request, Response& response, AuthSession& session) {
  if (session) return response.set_redirect("/training", 303);
  const std::string next = session.safe_next(request.get_param_value("next"));
  html(response, pages::form(session, {.sign_up = request.path == "/signup", .next = next}));
}

// Sign-up and log-in: a session, or the form again with what was wrong.
void enter(const Request& request, Response& response, AuthSession& session) {
  const bool sign_up = request.path == "/signup";
  const std::string name = request.get_param_value("username");
  const std::string password = request.get_param_value("password");
  const std::string next = session.safe_next(request.get_param_value("next"));
  const latchkey::LogInOptions options{.remember = !request.get_param_value("remember").empty(),
                                       .carry = {"cart"}};
  const auto done = sign_up ? session.sign_up({name, password}, options)
                            : session.log_in({name, password}, options);
  if (!done) return;  // the store failed: the adapter answers 503
  if (*done == latchkey::Rejection::none) return response.set_redirect(next, 303);
  const std::string problem{latchkey::rejection_text(*done)};
  const bool limited = *done == latchkey::Rejection::rate_limited;
  html(response, pages::form(session, {sign_up, name, problem, next}), limited ? 429 : 422);
}

void devices(const Request&, Response& response, AuthSession& session) {
  if (const auto list = session.devices()) html(response, pages::devices(session, *list));
}

void end_device(const Request& request, Response& response, AuthSession& session) {
  const auto id = latchkey::SessionId::parse(request.get_param_value("id"));
  if (id && !session.end_device(*id)) return;
  response.set_redirect("/devices", 303);
}

void end_others(const Request&, Response& response, AuthSession& session) {
  if (session.log_out_others()) response.set_redirect("/devices", 303);
}

// A visitor's cart is a guest's session; a log-in takes it along.
void add_to_cart(const Request&, Response& response, AuthSession& session) {
  if (session.record() == nullptr && !session.start_guest()) return;
  if (session.set("cart", pages::one_more_in_cart(session))) response.set_redirect("/", 303);
}

void log_out(const Request&, Response& response, AuthSession& session) {
  if (session.log_out()) response.set_redirect("/", 303);
}

void who_am_i(const Request&, Response& response, AuthSession& session) {
  if (!session) return latchkey::answer_problem(response, session.status(), session.problem());
  response.set_content(pages::me(session), "application/json");
}

// What the script of the pages asks when it wants to know whether the session is still there.
void status(const Request&, Response& response, AuthSession& session) {
  response.set_content(latchkey::session_status(session), "application/json");
}

void script(const Request& request, Response& response) {
  response.set_header("Cache-Control", pages::caching(request.target));
  response.set_content(std::string(latchkey::browser_script()), "text/javascript; charset=utf-8");
}

}  // namespace

int main(int argc, char** argv) {
  const pages::Options options = pages::read_options(argc, argv);
  const auto auth = latchkey::Auth::open(
      {.store = options.store, .public_url = options.public_url, .home_path = "/training"});
  if (!auth) return pages::fail(auth.error());
  httplib::Server server;
  server.Get("/", latchkey::with_session(**auth, home));
  server.Get("/(login|signup)", latchkey::with_session(**auth, show_form));
  server.Post("/(login|signup)", latchkey::with_session(**auth, enter));
  server.Get("/training", latchkey::with_user(**auth, training));
  server.Get("/devices", latchkey::with_user(**auth, devices));
  server.Post("/devices", latchkey::with_user(**auth, end_device));
  server.Post("/devices/others", latchkey::with_user(**auth, end_others));
  server.Post("/cart", latchkey::with_session(**auth, add_to_cart));
  server.Post("/logout", latchkey::with_session(**auth, log_out));
  server.Get("/v1/session/status", latchkey::with_session(**auth, status, latchkey::kStatusPoll));
  server.Get("/latchkey.js", script);
  server.Get("/api/me", latchkey::with_session(**auth, who_am_i));
  return server.listen(options.host, options.port) ? 0 : 1;
}
