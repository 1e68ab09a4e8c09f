// However the bytes are cut, the same replies come out, and the same inputs are refused.

#include "store/redis/wire/reply.h"

#include "fuzz/fuzz.h"

namespace {

using latchkey::fuzz::require;
using latchkey::redis::Reply;
using latchkey::redis::ReplyParser;

// read_all parses `input` in pieces of `step` bytes. What was read before something bad counts.
std::vector<Reply> read_all(std::string_view input, std::size_t step, bool& bad) {
  ReplyParser parser;
  std::vector<Reply> replies;
  bad = false;
  while (!input.empty() && !bad) {
    const std::string_view piece = input.substr(0, step);
    input.remove_prefix(piece.size());
    parser.feed(piece);
    Reply reply;
    ReplyParser::Status status = parser.next(reply);
    while (status == ReplyParser::Status::reply) {
      replies.push_back(std::move(reply));
      status = parser.next(reply);
    }
    bad = status == ReplyParser::Status::bad;
  }
  return replies;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = latchkey::fuzz::as_text(data, size);
  bool bad_whole = false, bad_bytes = false, bad_pieces = false;
  const std::vector<Reply> whole = read_all(input, size, bad_whole);
  require(whole == read_all(input, 1, bad_bytes));
  require(whole == read_all(input, 7, bad_pieces));
  require(bad_whole == bad_bytes && bad_whole == bad_pieces);
  return 0;
}
