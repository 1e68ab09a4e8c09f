#include <algorithm>
#include <array>

#include "auth/auth_parts.h"
#include "auth/login_redirect.h"
#include "auth/session_impl.h"
#include "auth/takeover.h"
#include "base/text.h"
#include "latchkey/safe_redirect.h"

// What goes back: cookies, the rules for caches, and why something was refused.
namespace latchkey {
namespace {

using auth::CookieAction;
using auth::Moment;
using auth::Problem;

constexpr std::string_view kPrivate = "private, no-store";
constexpr std::array kLines{HeaderLine{"Cache-Control", kPrivate}, HeaderLine{"Vary", "Cookie"}};
constexpr std::array kBearerLines{HeaderLine{"Cache-Control", kPrivate},
                                  HeaderLine{"Vary", "Cookie, Authorization"}};

std::string_view cookie_name(std::string_view line) noexcept {
  return line.substr(0, line.find('='));
}

// is_chunk_of tells whether `name` is `cookie` or one of the pieces it was cut into.
bool is_chunk_of(std::string_view name, std::string_view cookie) noexcept {
  if (!name.starts_with(cookie)) return false;
  name.remove_prefix(cookie.size());
  if (name.empty()) return true;
  if (name.front() != '.' || name.size() > 3 || name.size() < 2) return false;
  return std::all_of(name.begin() + 1, name.end(), is_digit);
}

}  // namespace

bool AuthSession::Impl::can_write() const noexcept {
  return options.may_write && !headers_sent && facts.method != "OPTIONS";
}

bool AuthSession::Impl::page() const noexcept {
  return !options.keep_bad_cookie && (options.page || facts.navigation());
}

CookieAction AuthSession::Impl::decide(Moment moment, const Validation& seen, bool offers) const {
  return auth::cookie_rule({.moment = moment,
                            .brought = presented.brought(),
                            .state = seen.state,
                            .unknown_key = seen.keep_cookie,
                            .token = moment == Moment::change || seen.token.has_value(),
                            .due = seen.fresh,
                            .offers = offers,
                            .may_write = can_write(),
                            .prefetch = facts.prefetch,
                            .navigation = page(),
                            .bearer = bearer});
}

Result<std::vector<std::string>> AuthSession::Impl::lines_for(const SessionToken& issued,
                                                              const SessionRecord& next) const {
  if (decide(Moment::change, {}, false) != CookieAction::write) return std::vector<std::string>{};
  return auth.sessions->set_cookies(issued, next, facts.cookie_lines());
}

std::vector<std::string> AuthSession::Impl::blank_lines() const {
  return auth.sessions->blank_cookies(facts.cookie_lines());
}

const Problem* AuthSession::Impl::trouble() const noexcept {
  if (failure) return &auth::problem_of(*failure);
  if (state == AuthState::user && shortfall == auth::Shortfall::none) return nullptr;
  // Of a session that was never bound there is nothing to prove.
  const bool unbound = state == AuthState::unproven && unproven && unproven->binding.empty();
  if (unbound) return &auth::problem_of(auth::Shortfall::binding);
  // The log-in page would be no help while the store, or the way to it, fails (R166).
  if (state == AuthState::unproven && facts.refresh_failed) return &auth::kProofMissed;
  if (state == AuthState::user) return &auth::problem_of(shortfall);
  return &auth::problem_of(state);
}

// rebuild runs after every change, so that reading the lines is free and their texts stay put. A
// signed-in GET has nothing to say but the two lines that all have.
void AuthSession::Impl::rebuild() {
  const bool with_own = !cookies.empty() && !(is_cacheable && offered);
  const bool with_cookies =
      with_own || !old_cookies.empty() || !device_line.empty() || !bound_line.empty();
  const bool with_device = !device_offer.empty() || !device_challenge.empty();
  const Problem* problem = demand_failed || failure ? trouble() : nullptr;
  const std::span<const HeaderLine> usual =
      auth.options.bearer ? std::span(kBearerLines) : std::span(kLines);
  if (!with_cookies && !with_device && !clearing && problem == nullptr && retry_text.empty()) {
    lines = is_cacheable ? std::span<const HeaderLine>{} : usual;
    return;
  }
  own_lines.clear();
  const auto append_device = [&](bool here) {
    if (here && !device_line.empty()) own_lines.push_back({"Set-Cookie", device_line});
  };
  // Deletions are last: curl 7.88 keeps what is deleted when another cookie follows.
  const bool leaving = state != AuthState::user;
  append_device(leaving);
  if (with_own) {
    for (const std::string& line : cookies) own_lines.push_back({"Set-Cookie", line});
  }
  append_device(!leaving);
  if (!bound_line.empty()) own_lines.push_back({"Set-Cookie", bound_line});
  for (const std::string& line : old_cookies) own_lines.push_back({"Set-Cookie", line});
  if (!device_offer.empty()) own_lines.push_back({"Secure-Session-Registration", device_offer});
  if (!device_challenge.empty()) {
    own_lines.push_back({"Secure-Session-Challenge", device_challenge});
  }
  own_lines.insert(own_lines.end(), usual.begin(), usual.end());
  if (clearing) own_lines.push_back({"Clear-Site-Data", auth.clear_site_data});
  if (problem != nullptr && problem->status == 401) {
    challenge = auth::challenge(*problem);
    own_lines.push_back({"WWW-Authenticate", challenge});
  }
  if (!retry_text.empty()) {
    own_lines.push_back({"Retry-After", retry_text});
  } else if (problem != nullptr && !problem->retry_after.empty()) {
    own_lines.push_back({"Retry-After", problem->retry_after});
  }
  lines = own_lines;
}

// The id that a proxy gives a request is believed as its X-Forwarded-For is.
DeviceContext AuthSession::Impl::context() {
  std::string_view id = options.request_id;
  if (id.empty() && auth.proxies.contains_peer(facts.peer)) id = facts.request_id;
  return {std::string{facts.user_agent}, client(), std::string{id}};
}

const std::string& AuthSession::Impl::client() {
  if (address.empty()) address = options.client_address;
  if (address.empty()) address = auth.client_of(facts);
  return address;
}

std::span<const HeaderLine> AuthParts::usual_headers() noexcept { return kLines; }

std::span<const HeaderLine> AuthSession::response_headers() const noexcept { return impl_->lines; }

bool AuthSession::failed() const noexcept {
  return impl_->failure.has_value() || impl_->demand_failed || impl_->state == AuthState::refused;
}

int AuthSession::status() const noexcept {
  const Problem* problem = impl_->trouble();
  return problem == nullptr ? 200 : problem->status;
}

std::string AuthSession::problem() const {
  const Problem* problem = impl_->trouble();
  if (problem == nullptr) return {};
  if (const auto why = refusal()) {
    return auth::problem_json(*problem, {{"expected_origin", why->expected_origin},
                                         {"received_origin", why->received_origin}});
  }
  return auth::problem_json(*problem);
}

std::string_view AuthSession::problem_code() const noexcept {
  const Problem* problem = impl_->trouble();
  return problem == nullptr ? std::string_view{} : problem->code;
}

std::string AuthSession::redirect() const {
  const Problem* problem = impl_->trouble();
  if (problem == nullptr) return {};
  const AuthOptions& options = impl_->auth.options;
  return auth::login_redirect(impl_->facts, impl_->options.page, *problem,
                              {options.login_path, options.home_path, options.reauth_path});
}

std::string AuthSession::safe_next(std::string_view wanted) const {
  return guard::safe_return(wanted, impl_->auth.url, impl_->auth.options.cookie.domain,
                            impl_->auth.options.home_path);
}

void AuthSession::cacheable() {
  impl_->is_cacheable = true;
  impl_->rebuild();
}

std::string_view AuthSession::bearer_token() const noexcept {
  return impl_->bearer ? impl_->token.insecure_view() : std::string_view{};
}

void AuthSession::mark_headers_sent() noexcept { impl_->headers_sent = true; }

bool AuthSession::replaces(std::string_view name, std::string_view value) const noexcept {
  if (equal_ignoring_case(name, "set-cookie")) {
    const std::string_view cookie = cookie_name(value);
    if (is_chunk_of(cookie, impl_->auth.sessions->options().cookie.name)) return true;
    const auto same = [&](const std::string& line) { return cookie_name(line) == cookie; };
    return std::any_of(impl_->cookies.begin(), impl_->cookies.end(), same) ||
           std::any_of(impl_->old_cookies.begin(), impl_->old_cookies.end(), same) ||
           same(impl_->device_line) || same(impl_->bound_line);
  }
  // Ours binds: what depends on a session must not be kept by anybody (R58).
  const bool binding = !impl_->lines.empty();
  if (equal_ignoring_case(name, "cache-control")) return binding || value == kPrivate;
  if (equal_ignoring_case(name, "vary"))
    return value == kLines[1].value || value == kBearerLines[1].value;
  return std::any_of(impl_->lines.begin(), impl_->lines.end(),
                     [&](const HeaderLine& line) { return equal_ignoring_case(line.name, name); });
}

std::string failure_problem(const Error& error) {
  return auth::problem_json(auth::problem_of(error.code));
}

int failure_status(const Error& error) noexcept { return auth::problem_of(error.code).status; }

}  // namespace latchkey
