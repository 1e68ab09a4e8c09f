#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/app.h"
#include "http/pages/html.h"

namespace latchkey::http {

inline constexpr std::string_view kAssetPath = "/assets/";
inline constexpr std::string_view kScriptPath = "/latchkey.js";

// stylesheet_path and icon_path carry a hash of the content, so that caches may keep them for good.
const std::string& stylesheet_path();
const std::string& icon_path();

Response get_asset(App& app, const Request& request);
// asset_at returns what `request` asks for, the script included, if that needs no store; nothing:
// no such file.
std::optional<Response> asset_at(const Request& request);

// kStylesheet is the one style sheet of all pages, before the brand's color.
extern const std::string_view kStylesheet;

// append_logo appends the key as inline SVG, or the logo of the brand.
void append_logo(Html& html);

}  // namespace latchkey::http
