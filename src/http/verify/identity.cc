#include "http/verify/identity.h"

#include <algorithm>

#include "base/base64url.h"
#include "base/text.h"
#include "codec/text/time_text.h"

namespace latchkey::http {
namespace {

constexpr std::size_t kMaxData = 2048;  // bytes of X-Session-Data

std::string data_of(const SessionRecord& session) {
  std::string_view json = session.attributes;
  if (json.empty()) json = "{}";
  if (json.size() > kMaxData / 4 * 3) return {};
  return base64url_encode({reinterpret_cast<const std::uint8_t*>(json.data()), json.size()});
}

}  // namespace

std::string header_text(std::string_view text) {
  return percent_encode(text, [](char c) noexcept { return c > 0x20 && c < 0x7f && c != '%'; });
}

void append_identity(Response& response, const VerifySettings& settings, const Identity& who) {
  const auto& [session, user, age] = who;
  const auto add = [&](std::string_view name, std::string value) {
    response.headers.emplace_back(name, std::move(value));
  };
  const bool known = session != nullptr;
  const std::string id = known ? header_text(session->user_id.text()) : std::string{};
  const std::string name = known && user != nullptr ? header_text(user->username) : std::string{};
  add("X-Session-Id", known ? std::string(session->id.text()) : std::string{});
  add("X-Session-User", id);
  add("X-Session-Username", name);
  add("X-Session-Tenant", {});
  add("X-Session-Level", known ? "aal" + std::to_string(session->level) : std::string{});
  add("X-Session-Auth-Time", known ? codec::rfc3339(session->authenticated_at) : std::string{});
  add("X-Session-Expires",
      known ? codec::rfc3339(std::min(session->idle_expires_at, session->absolute_expires_at))
            : std::string{});
  add("X-Session-Scope", {});
  add("X-Session-Data", known && settings.data ? data_of(*session) : std::string{});
  add("X-Session-Jwt", {});
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(age).count();
  add("X-Session-Age", seconds > 0 ? std::to_string(seconds) : std::string{});
  if (!settings.aliases) return;
  // Names are typed in, not proven: none of them goes out as an address of a mailbox.
  add("Remote-User", name);
  add("Remote-Name", name);
  add("Remote-Email", {});
  add("Remote-Groups", {});
  add("X-Auth-Request-User", id);
  add("X-Auth-Request-Preferred-Username", name);
  add("X-Auth-Request-Email", {});
  add("X-Auth-Request-Groups", {});
}

}  // namespace latchkey::http
