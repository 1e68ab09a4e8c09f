#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::codec {

// Requests and answers of `latchkey ... --batch`: one JSON object a line, in and out, with the same
// "id". docs/cli.md tells the members. A line that cannot be understood is answered with
// "error":"bad_input". `now_ms` is the time for requests that do not bring their own.

// unseal_line opens a seal: {"seal","password","now_ms"?,"options"?,"layer"?}. A seal with a `~` is
// an iron-session cookie.
std::string unseal_line(std::string_view line, std::int64_t now_ms);
// seal_line makes one: {"value","password","now_ms"?,"options"?,"layer"?}.
std::string seal_line(std::string_view line, std::int64_t now_ms);

// jwt_verify_line and jwt_decrypt_line judge by jose's rules:
// {"token","key_b64u","options"?,"now"?}, `now` in seconds, or in milliseconds from 10^11 on.
std::string jwt_verify_line(std::string_view line, std::int64_t now_ms);
std::string jwt_decrypt_line(std::string_view line, std::int64_t now_ms);
// jwt_sign_line and jwt_encrypt_line make a token: {"header","payload","key_b64u"}.
std::string jwt_sign_line(std::string_view line);
std::string jwt_encrypt_line(std::string_view line);

}  // namespace latchkey::codec
