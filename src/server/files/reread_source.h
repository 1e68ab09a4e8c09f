#pragma once

#include <functional>
#include <memory>
#include <string>

#include "session/takeover/foreign.h"

namespace latchkey::server {

using MakeSource = std::function<Result<std::unique_ptr<session::ForeignSource>>()>;

// make_reread_source returns `first` as long as the file of its secret stays as it is, and makes it
// again when the file was changed. A file that cannot be used changes nothing and is logged once.
std::unique_ptr<session::ForeignSource> make_reread_source(
    std::unique_ptr<session::ForeignSource> first, const std::string& secret_file, MakeSource make);

}  // namespace latchkey::server
