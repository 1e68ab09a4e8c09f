#include "http/pages/assets.h"

#include <utility>

#include "base/base64url.h"
#include "crypto/digest.h"
#include "http/pages/brand.h"
#include "http/pages/pages.h"
#include "latchkey/browser_client.h"

namespace latchkey::http {
namespace {

constexpr std::string_view kIcon =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\">"
    "<rect width=\"24\" height=\"24\" rx=\"6\" fill=\"#0b6e6e\"/>"
    "<g fill=\"none\" stroke=\"#ffd98a\" stroke-width=\"2.2\" stroke-linecap=\"round\" "
    "stroke-linejoin=\"round\"><circle cx=\"8\" cy=\"12\" r=\"3.6\"/>"
    "<path d=\"M11.6 12H20m-2.2 0v3.4M14.6 12v2.4\"/></g></svg>\n";

std::string named(std::string_view stem, std::string_view content, std::string_view suffix) {
  const auto digest = crypto::sha256(crypto::as_bytes(content));
  return std::string(kAssetPath)
      .append(stem)
      .append(base64url_encode(std::span(digest).first(9)))
      .append(suffix);
}

// The script of our pages, and of any other site that wants it: with its version behind `?v=` it
// may be kept for good, without one a browser asks every time.
Response script(const Request& request) {
  const std::string tag = "\"" + browser_script_version() + "\"";
  Response response;
  response.immutable = request.query == "v=" + browser_script_version();
  response.revalidate = true;
  response.headers.emplace_back("ETag", tag);
  const auto known = request.header("if-none-match");
  if (known && (*known == "*" || known->find(tag) != std::string_view::npos)) {
    response.status = 304;
    return response;
  }
  response.content_type = "text/javascript; charset=utf-8";
  response.body = browser_script();
  return response;
}

}  // namespace

const std::string& stylesheet() {
  static const std::string sheet = std::string(kStylesheet) + brand_rules(brand().color);
  return sheet;
}

const std::string& stylesheet_path() {
  static const std::string path = named("style-", stylesheet(), ".css");
  return path;
}

const std::string& logo_path() {
  static const std::string path =
      named("logo-", brand().logo, brand().type == "image/png" ? ".png" : ".svg");
  return path;
}

const std::string& icon_path() {
  static const std::string path = named("icon-", kIcon, ".svg");
  return path;
}

Response get_asset(App&, const Request& request) {
  auto found = asset_at(request);
  return found ? std::move(*found) : page_problem(Problem::not_found);
}

std::optional<Response> asset_at(const Request& request) {
  if (request.path == kScriptPath) return script(request);
  const std::string_view path = request.path;
  const bool style = path == stylesheet_path();
  if (!brand().logo.empty() && path == logo_path()) {
    Response logo;
    logo.content_type = brand().type;
    logo.body = brand().logo;
    logo.immutable = true;
    return logo;
  }
  if (!style && path != icon_path()) return std::nullopt;
  Response response;
  response.content_type = style ? "text/css; charset=utf-8" : "image/svg+xml; charset=utf-8";
  response.body = style ? stylesheet() : std::string(kIcon);
  response.immutable = true;
  return response;
}

void append_logo(Html& html) {
  if (!brand().logo.empty()) {
    html.raw("<img class=\"logo\" alt=\"\" height=\"26\" src=\"").text(logo_path()).raw("\">");
    return;
  }
  html.raw(
      "<svg class=\"logo\" viewBox=\"0 0 24 24\" width=\"26\" height=\"26\" aria-hidden=\"true\" "
      "focusable=\"false\"><circle cx=\"7.5\" cy=\"12\" r=\"4.5\"/>"
      "<path d=\"M12 12h10m-2.6 0v4.2M15.6 12v3\"/></svg>");
}

}  // namespace latchkey::http
