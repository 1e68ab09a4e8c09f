#pragma once

#include <string_view>
#include <vector>

#include "latchkey/codec/seal.h"
#include "latchkey/result.h"
#include "latchkey/secret.h"

namespace latchkey::codec {

// read_passwords makes the ring of a key file: one password without id, or of a JSON object
// {"1": "old password", "2": "new password"} the one that seals first: `id`, or, when that is
// empty, the greatest number.
Result<std::vector<SealPassword>> read_passwords(const SecretBytes& key, bool raw,
                                                 std::string_view id);

}  // namespace latchkey::codec
