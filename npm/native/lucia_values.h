#pragma once

#include "napi.h"
#include "store/lucia/sqlite_lucia.h"

// Columns of Lucia's tables as JavaScript values: numbers, text, Buffers, null.
namespace latchkey::node {

napi_value make_column(napi_env env, const sqlite::LuciaView& view);
// read_column returns nothing for a value that no column can hold.
std::optional<sqlite::LuciaValue> read_column(napi_env env, napi_value value);
// read_columns reads a list of names and one of values; nothing when a value cannot be stored.
std::optional<sqlite::LuciaColumns> read_columns(napi_env env, napi_value names, napi_value values);

// make_row makes a list: the generation of `shape`, then the columns without the session's id. The
// user's id is `true` where it is that of the session.
napi_value make_row(napi_env env, const sqlite::LuciaShape& shape,
                    std::span<const sqlite::LuciaView> row);

// pack_row tells the same with one value of JavaScript instead of one a column: a text, all the
// row's texts in a row, and numbers in `cells`: the generation, how many columns there are, and for
// each what it is and its number or where its text ends. npm/src/lucia_row.ts reads it. Null when
// `cells` is too small, or a column is neither a number nor ASCII.
napi_value pack_row(napi_env env, const sqlite::LuciaShape& shape,
                    std::span<const sqlite::LuciaView> row, std::span<double> cells);

}  // namespace latchkey::node
