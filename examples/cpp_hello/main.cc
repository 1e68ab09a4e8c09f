// The program of the README: sign-up, log-in, and a page for users.   cpp_hello [PUBLIC-URL]
#include <latchkey/adapters/httplib.h>
#include <iostream>

const char* const kForm = R"(<form method="post"><input name="name"><input name="password"
type="password"><button>Log in</button><button formaction="/signup">Sign up</button></form>)";

const auto enter = [](const auto& request, auto& response, latchkey::AuthSession& session) {
  const std::string name = request.get_param_value("name");
  const std::string password = request.get_param_value("password");
  const auto outcome = request.path == "/signup" ? session.sign_up({name, password})
                                                 : session.log_in({name, password});
  if (!outcome) return;  // the store failed: the adapter answers 503
  if (*outcome == latchkey::Rejection::none) return response.set_redirect("/", 303);
  response.set_content(std::string(latchkey::rejection_text(*outcome)), "text/plain");
};

int main(int argc, char** argv) {
  const std::string url = argc > 1 ? argv[1] : "http://localhost:8080";
  const auto auth = latchkey::Auth::open({.store = "sqlite:app.db", .public_url = url});
  if (!auth) return std::cerr << auth.error().detail << '\n', 1;
  httplib::Server server;
  server.Get("/", latchkey::with_user(**auth, [](auto&, auto& response, auto& session) {
               response.set_content("You are user " + session.user_id().text(), "text/plain");
             }));
  server.Get("/login", [](auto&, auto& response) { response.set_content(kForm, "text/html"); });
  server.Post("/(login|signup)", latchkey::with_session(**auth, enter));
  return server.listen("127.0.0.1", (*auth)->public_url().port()) ? 0 : 1;
}
