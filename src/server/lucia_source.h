#pragma once

#include <memory>

#include "session/session_shape.h"
#include "session/takeover/foreign.h"
#include "store/lucia/reader.h"

namespace latchkey::server {

// make_lucia_source reads the session cookies of an application that uses Lucia: the cookie is the
// session's id. A session that is taken over ends by the deletion of its row. `shape` judges the
// row's other columns.
std::unique_ptr<session::ForeignSource> make_lucia_source(std::unique_ptr<LuciaReader> database,
                                                          session::SessionShape shape);

}  // namespace latchkey::server
