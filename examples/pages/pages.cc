#include "pages.h"

#include <cstdlib>
#include <iostream>

#include <latchkey/browser_client.h>

namespace pages {
namespace {

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// Each page has the script that notices the end of the session, and says what to hide then.
std::string page(const latchkey::AuthSession& session, std::string_view title,
                 const std::string& body) {
  return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
         "content=\"width=device-width\"><title>" +
         std::string(title) + "</title>" +
         latchkey::script_element(session, {.log_out = "/logout"}) +
         "<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui;"
         "max-width:34rem;margin:3rem auto;padding:0 1rem}label{display:block;margin:.6rem 0}"
         ".problem{color:#c5283d}</style><main" +
         (session ? " data-latchkey-private" : "") + "><h1>" + std::string(title) + "</h1>" + body +
         "</main>";
}

std::string json_string(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      ((out += "\\u00") += kHex[c >> 4]) += kHex[c & 15];
    } else {
      out += c;
    }
  }
  return out += '"';
}

// name_of is for HTML; a user whom the store does not keep has only an id.
std::string name_of(latchkey::AuthSession& session) {
  const auto user = session.user();
  return escape(user && *user ? (*user)->username : session.user_id().text());
}

constexpr std::string_view kLogOut =
    "<form method=\"post\" action=\"/logout\"><button>Log out</button></form>";

// A visitor has a cart, too: in the session of a guest.
int in_cart(const latchkey::AuthSession& session) {
  return std::atoi(session.attribute("cart").value_or("0").c_str());
}

}  // namespace

std::string one_more_in_cart(const latchkey::AuthSession& session) {
  return std::to_string(in_cart(session) + 1);
}

int fail(const latchkey::Error& error) {
  std::cerr << error.detail << '\n';
  return 1;
}

std::string home(latchkey::AuthSession& session) {
  const std::string cart = "<form method=\"post\" action=\"/cart\"><p>In your cart: " +
                           std::to_string(in_cart(session)) +
                           " <button>Add one</button></p></form>";
  if (!session) {
    return page(session, "Welcome",
                "<p><a href=\"/login\">Log in</a> or <a href=\"/signup\">sign up</a></p>" + cart);
  }
  return page(session, "Hello, " + name_of(session),
              "<p><a href=\"/training\">Training</a> <a href=\"/devices\">Devices</a></p>" + cart +
                  std::string(kLogOut));
}

std::string form(const latchkey::AuthSession& session, const Form& form) {
  const std::string action = form.sign_up ? "/signup" : "/login";
  std::string body = "<form method=\"post\" action=\"" + action + "\">";
  if (!form.problem.empty()) {
    body += "<p class=\"problem\" role=\"alert\">" + escape(form.problem) + "</p>";
  }
  body += "<input type=\"hidden\" name=\"next\" value=\"" + escape(form.next) + "\">";
  body += "<label>User name <input name=\"username\" autocomplete=\"username\" required value=\"" +
          escape(form.username) + "\"></label>";
  body += "<label>Password <input name=\"password\" type=\"password\" required autocomplete=\"";
  body += form.sign_up ? "new-password" : "current-password";
  body +=
      "\"></label><label><input type=\"checkbox\" name=\"remember\" checked> Remember me</label>";
  body += form.sign_up ? "<button>Sign up</button></form>" : "<button>Log in</button></form>";
  body += form.sign_up ? "<p><a href=\"/login\">Log in</a>" : "<p><a href=\"/signup\">Sign up</a>";
  return page(session, form.sign_up ? "Sign up" : "Log in", body);
}

std::string training(latchkey::AuthSession& session) {
  return page(session, "Training",
              "<p>Welcome, " + name_of(session) +
                  ". Only people who are logged in see this page.</p>" + std::string(kLogOut));
}

std::string devices(const latchkey::AuthSession& session,
                    const std::vector<latchkey::Device>& devices) {
  std::string body = "<ul>";
  for (const latchkey::Device& device : devices) {
    const std::string name = device.user_agent.empty() ? "Unknown device" : device.user_agent;
    body += "<li>" + escape(name) + " from " + escape(device.address);
    if (device.current) {
      body += " <b>(this device)</b></li>";
      continue;
    }
    body +=
        "<form method=\"post\" action=\"/devices\"><input type=\"hidden\" name=\"id\" value=\"" +
        escape(device.id.text()) + "\"><button>End</button></form></li>";
  }
  body +=
      "</ul><form method=\"post\" action=\"/devices/others\"><button>End all "
      "others</button></form>";
  return page(session, "Your devices", body + std::string(kLogOut));
}

std::string caching(std::string_view target) {
  const bool versioned = target.ends_with("?v=" + latchkey::browser_script_version());
  return versioned ? "public, max-age=31536000, immutable" : "no-cache";
}

std::string me(const latchkey::AuthSession& session) {
  return "{\"user\":{\"id\":" + json_string(session.user_id().text()) + "}}\n";
}

}  // namespace pages
