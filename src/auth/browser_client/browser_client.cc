#include "latchkey/browser_client.h"

#include <algorithm>
#include <span>

#include "auth/browser_client/browser_script.h"
#include "base/base64url.h"
#include "base/utf8.h"
#include "codec/json/json.h"
#include "crypto/digest.h"

namespace latchkey {
namespace {

void append_session_hint(std::string& out, const SessionRecord& record) {
  const UnixTime end = std::min(record.idle_expires_at, record.absolute_expires_at);
  const std::string_view user = record.user_id.text();
  out.append("{\"id\":\"").append(record.id.text()).append("\",\"userId\":");
  codec::append_json_string(out, clean_line(user, user.size()));
  out.append(",\"expiresAt\":").append(std::to_string(to_unix_millis(end)));
  out.append(",\"version\":").append(std::to_string(record.version)).append("}");
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  for (const char c : value) {
    switch (c) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '"':
        out.append("&quot;");
        break;
      default:
        out += c;
    }
  }
  out.append("\"");
}

}  // namespace

std::string_view browser_script() noexcept { return auth::kBrowserScript; }

const std::string& browser_script_version() {
  static const std::string version = [] {
    const auto digest = crypto::sha256(crypto::as_bytes(auth::kBrowserScript));
    return base64url_encode(std::span(digest).first(9));
  }();
  return version;
}

std::string session_status(const AuthSession& session, const Clock& clock) {
  std::string out = "{\"status\":\"unauthenticated\",\"reason\":";
  if (session) {
    out = "{\"status\":\"authenticated\",\"reason\":null,\"session\":";
    append_session_hint(out, *session.record());
  } else {
    const bool ended =
        session.state() == AuthState::expired || session.state() == AuthState::revoked;
    if (ended) out += '"';
    out.append(ended ? auth_state_name(session.state()) : "null");
    if (ended) out += '"';
    out.append(",\"session\":null");
  }
  return out.append(",\"now\":").append(std::to_string(to_unix_millis(clock.now()))).append("}\n");
}

std::string session_hint(const AuthSession& session) {
  std::string out;
  if (!session) return "null";
  append_session_hint(out, *session.record());
  return out;
}

std::string script_element(const AuthSession& session, const BrowserPaths& paths) {
  std::string source(paths.script);
  source.append("?v=").append(browser_script_version());
  std::string out = "<script";
  append_attribute(out, "src", source);
  append_attribute(out, "data-session", session_hint(session));
  if (!paths.status.empty()) append_attribute(out, "data-status", paths.status);
  if (!paths.log_out.empty()) append_attribute(out, "data-log-out", paths.log_out);
  return out.append(" defer></script>");
}

}  // namespace latchkey
