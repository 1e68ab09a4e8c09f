#pragma once

#include <span>
#include <string>
#include <string_view>

#include "latchkey/attributes.h"
#include "latchkey/result.h"

// The attributes of a session: a JSON object of at most kMaxAttributesBytes. Empty text stands for
// {}.
namespace latchkey::session {

// checked_attributes returns `text` in the form that is stored: invalid_argument unless it is a
// JSON object, too_large over the limit.
Result<std::string> checked_attributes(std::string_view text);

// patched_attributes applies a JSON merge patch (RFC 7396), which must be an object.
Result<std::string> patched_attributes(std::string_view current, std::string_view patch);

// edited_attributes sets and erases members in order. invalid_argument for an empty name, for null
// and for what is not JSON; nothing was changed then.
Result<std::string> edited_attributes(std::string_view current,
                                      std::span<const AttributeEdit> edits);

// carried_attributes keeps only the members named.
Result<std::string> carried_attributes(std::string_view current,
                                       std::span<const std::string> names);

}  // namespace latchkey::session
