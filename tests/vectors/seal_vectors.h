#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/seal/fe26.h"
#include "tests/support/vectors.h"

namespace latchkey::testing {

// The password forms of sealed.json: text, {"$hex": bytes}, or a map by id of these, of {secret} or
// of {encryption, integrity}.
inline SealSecret seal_secret(const Json& form) {
  if (form.kind() == codec::JsonKind::string) return SealSecret::text(form.str());
  const std::string bytes = from_hex(form.str("$hex"));
  return SealSecret::raw_key(crypto::as_bytes(bytes));
}

inline codec::Fe26Password seal_password(const std::string& id, const Json& form) {
  if (form.has("secret")) return codec::Fe26Password{{id, seal_secret(form["secret"])}};
  if (form.has("encryption")) {
    return codec::Fe26Password{
        {id, seal_secret(form["encryption"]), seal_secret(form["integrity"])}};
  }
  return codec::Fe26Password{{id, seal_secret(form)}};
}

// A text password means {1: text} to iron-session, and any id to the layer below.
inline codec::Fe26Ring seal_ring(const Json& form, bool iron_session) {
  codec::Fe26Ring ring;
  const bool single = form.kind() == codec::JsonKind::string || form.has("$hex");
  if (!single) {
    for (const auto& [id, entry] : form.items()) ring.passwords.push_back(seal_password(id, entry));
    return ring;
  }
  ring.any_id = !iron_session;
  ring.passwords.push_back(seal_password(iron_session ? "1" : "", form));
  return ring;
}

inline codec::Fe26Options seal_options(const Json& test) {
  codec::Fe26Options options;
  if (!test.has("options")) return options;
  const Json given = test["options"];
  const auto number = [](const Json& from, std::string_view name, double otherwise) {
    return from.has(name) ? from[name].num() : otherwise;
  };
  options.skew_ms = static_cast<std::int64_t>(1000 * number(given, "timestampSkewSec", 60));
  options.offset_ms = static_cast<std::int64_t>(number(given, "localtimeOffsetMsec", 0));
  if (given.has("encryption")) {
    const Json key = given["encryption"];
    if (key.has("algorithm") && key.str("algorithm") == "aes-128-ctr") {
      options.cipher = SealCipher::aes_128_ctr;
    }
    options.encryption.iterations = static_cast<std::uint32_t>(number(key, "iterations", 1));
  }
  if (given.has("integrity")) {
    options.integrity.iterations =
        static_cast<std::uint32_t>(number(given["integrity"], "iterations", 1));
  }
  return options;
}

}  // namespace latchkey::testing
