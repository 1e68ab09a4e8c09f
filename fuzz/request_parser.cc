// A request means the same however the network cuts it into pieces: the same fields and body, the
// same end, or a refusal both times. No piece makes the parser stop, hang or run over. The first
// byte chooses the cuts, the rest is what a client sends.

#include "server/http/request_parser.h"

#include <algorithm>
#include <string>

#include "fuzz/fuzz.h"

using latchkey::fuzz::require;
using latchkey::server::ParserLimits;
using latchkey::server::RequestParser;
using Status = RequestParser::Status;

namespace {

// Cuts says how many bytes come next; 0: all of them.
class Cuts {
 public:
  explicit Cuts(unsigned seed) : state_(seed * 2654435761U + 1) {}
  std::size_t next(std::size_t left) {
    state_ = state_ * 1664525U + 1013904223U;
    const std::size_t most = (state_ >> 8) % 4 == 0 ? 64 : 4;
    return std::min<std::size_t>(left, 1 + (state_ >> 16) % most);
  }

 private:
  unsigned state_;
};

struct Outcome {
  Status status = Status::need_more;
  std::size_t used = 0;
  std::string text;  // all that was read
};

std::string describe(const RequestParser& parser) {
  const latchkey::http::Request& request = parser.request();
  std::string text;
  const auto add = [&text](std::string_view part) {
    text.append(std::to_string(part.size())).append(":").append(part);
  };
  for (const std::string_view part : {request.method, request.path, request.query, request.body}) {
    add(part);
  }
  for (const auto& header : request.headers) {
    add(header.name);
    add(header.value);
  }
  return text + (parser.keep_alive() ? "k" : "c");
}

// read_request works as a connection does: the head stays in place, the body is fed on.
template <class Next>
Outcome read_request(std::string_view input, const ParserLimits& limits, Next next) {
  RequestParser parser(limits);
  Outcome outcome;
  std::size_t seen = 0;
  const auto more = [&] { seen += next(input.size() - seen); };
  while (outcome.status == Status::need_more) {
    if (seen == input.size()) return outcome;
    more();
    outcome.status = parser.find_head(input.substr(0, seen));
  }
  if (outcome.status == Status::head_done) {
    outcome.used = parser.head_size();
    require(outcome.used <= seen);
    outcome.status = parser.read_head(input.substr(0, outcome.used));
  }
  while (outcome.status == Status::head_done || outcome.status == Status::need_more) {
    if (outcome.used == seen) {
      if (seen == input.size()) return {.status = Status::need_more, .used = {}, .text = {}};
      more();
    }
    std::size_t used = 0;
    outcome.status = parser.parse_body(input.substr(outcome.used, seen - outcome.used), used);
    outcome.used += used;
    require(outcome.used <= seen);
    require(outcome.status != Status::need_more || outcome.used == seen);
  }
  if (outcome.status == Status::refused) {
    require(parser.refusal() >= 400 && parser.refusal() < 600);
    return {.status = Status::refused, .used = {}, .text = {}};
  }
  require(parser.request().body.size() <= limits.body_bytes);
  require(parser.request().headers.size() <= limits.header_fields);
  require(parser.request().path.starts_with('/'));
  outcome.text = describe(parser);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input = latchkey::fuzz::as_text(data + 1, size - 1);
  const ParserLimits limits{
      .request_line = 256, .header_bytes = 1024, .header_fields = 12, .body_bytes = 200};
  const Outcome whole = read_request(input, limits, [](std::size_t left) { return left; });
  const Outcome bytes = read_request(input, limits, [](std::size_t) { return std::size_t{1}; });
  Cuts cuts(data[0]);
  const Outcome pieces =
      read_request(input, limits, [&](std::size_t left) { return cuts.next(left); });
  for (const Outcome& other : {bytes, pieces}) {
    require(other.status == whole.status && other.used == whole.used && other.text == whole.text);
  }
  return 0;
}
