#pragma once

#include "napi.h"
#include "store/sqlite_lucia.h"

// Columns of Lucia's tables as JavaScript values: numbers, text, Buffers, null.
namespace latchkey::node {

napi_value make_column(napi_env env, const sqlite::LuciaView& view);
// read_column returns nothing for a value that no column can hold.
std::optional<sqlite::LuciaValue> read_column(napi_env env, napi_value value);
// read_columns reads a list of names and one of values; nothing when a value cannot be stored.
std::optional<sqlite::LuciaColumns> read_columns(napi_env env, napi_value names, napi_value values);

}  // namespace latchkey::node
