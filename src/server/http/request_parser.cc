#include "server/http/request_parser.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/wipe_freed.h"
#include "latchkey/secret.h"
#include "server/http/body_reader.h"
#include "server/http/head_scanner.h"

namespace latchkey::server {
namespace {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using beast::error_code;
// Beast's own string_view is Boost's.
using View = beast::string_view;

std::string_view std_view(View text) noexcept { return {text.data(), text.size()}; }

struct Known {
  std::string_view method;
  int refusal;
};
// What is no method here is 501, once the rest of the head has been read.
constexpr int kUnknownMethod = 501;
constexpr std::array kMethods{Known{"GET", 0},     Known{"HEAD", 0},      Known{"POST", 0},
                              Known{"PUT", 0},     Known{"DELETE", 0},    Known{"PATCH", 0},
                              Known{"OPTIONS", 0}, Known{"CONNECT", 405}, Known{"TRACE", 405}};

int refusal_of_method(std::string_view method) noexcept {
  for (const Known& known : kMethods) {
    if (known.method == method) return known.refusal;
  }
  return kUnknownMethod;
}

// host[:port] with nothing a URL parser could read differently: no user info, path, query, blank.
bool is_host(std::string_view value) noexcept {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return is_alphanumeric(c) ||
           std::string_view{".-_~:[]%!$&'()*+,;="}.find(c) != std::string_view::npos;
  });
}

bool is_digits(std::string_view value) noexcept {
  return !value.empty() && value.size() <= 18 && std::all_of(value.begin(), value.end(), is_digit);
}

// Splits an origin-form or absolute-form target (RFC 9112 section 3.2) into path and query. The
// authority of an absolute form is dropped: nothing here is decided by a host the client names.
bool split_target(std::string_view target, http::Request& request) noexcept {
  if (target.find('#') != std::string_view::npos) return false;
  if (std::any_of(target.begin(), target.end(), [](char c) { return c < 0x21 || c == 0x7f; })) {
    return false;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() ||
        !beast::iequals(View{target.data(), scheme.size()}, View{scheme.data(), scheme.size()})) {
      continue;
    }
    const std::size_t slash = target.find('/', scheme.size());
    const std::size_t authority = std::min(slash, target.size()) - scheme.size();
    if (!is_host(target.substr(scheme.size(), authority))) return false;
    target = slash == std::string_view::npos ? std::string_view{"/"} : target.substr(slash);
    break;
  }
  if (target.empty() || target.front() != '/') return false;
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  return true;
}

// What one message is read into, kept between messages so that its memory is used again.
struct Message {
  Message() = default;
  ~Message() { wipe(body.data(), body.size()); }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  http::Request request;
  std::vector<http::Header> headers;
  std::string body;
  int version = 11;
  int refusal = 0;
  bool unknown_method = false;
  bool readable = false;
  bool expects_continue = false;
  bool announces_body = false;
};

// BeastParser reads the head alone, all of it at once. Bodies are BodyReader's: Beast asserts
// things about chunks that two small packets make untrue, and looks at an unfinished line again and
// again.
class BeastParser final : public bhttp::basic_parser<true> {
 public:
  BeastParser(Message& message, const ParserLimits& limits) : message_(message) {
    skip(true);
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  }
  bool has_length() const noexcept { return has_length_; }
  bool is_chunked() const noexcept { return has_coding_; }

 private:
  void refuse(int status, error_code& ec) {
    message_.refusal = status;
    ec = bhttp::error::bad_value;
  }

  void on_request_impl(bhttp::verb, View method, View target, int version,
                       error_code& ec) override {
    message_.version = version;
    message_.request.method = std_view(method);
    const int refusal = refusal_of_method(std_view(method));
    message_.unknown_method = refusal == kUnknownMethod;
    if (refusal != 0 && !message_.unknown_method) return refuse(refusal, ec);
    if (!split_target(std_view(target), message_.request)) refuse(400, ec);
  }

  void on_field_impl(bhttp::field field, View name, View value, error_code& ec) override {
    message_.headers.push_back({std_view(name), std_view(value)});
    switch (field) {
      case bhttp::field::host:
        if (std::exchange(has_host_, true) || !is_host(std_view(value))) refuse(400, ec);
        break;
      case bhttp::field::content_length:
        if (std::exchange(has_length_, true) || !is_digits(std_view(value))) refuse(400, ec);
        break;
      case bhttp::field::transfer_encoding:
        if (std::exchange(has_coding_, true) || !beast::iequals(value, "chunked")) refuse(400, ec);
        break;
      case bhttp::field::expect:
        if (!beast::iequals(value, "100-continue")) return refuse(417, ec);
        message_.expects_continue = true;
        break;
      default:
        break;
    }
  }

  void on_header_impl(error_code& ec) override {
    if (has_coding_ && (has_length_ || message_.version < 11)) return refuse(400, ec);
    if (!has_host_ && message_.version >= 11) return refuse(400, ec);
  }

  // Nothing below is called for a head alone.
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(View, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, View, int, error_code&) override {}

  Message& message_;
  bool has_host_ = false;
  bool has_length_ = false;
  bool has_coding_ = false;
};

int status_of(const error_code& ec) noexcept {
  if (ec == bhttp::error::header_limit) return 431;
  if (ec == bhttp::error::bad_version) return 505;
  return 400;
}

}  // namespace

struct RequestParser::Impl {
  explicit Impl(const ParserLimits& given) : limits(given), scanner(limits) {
    message.headers.reserve(16);
  }

  ParserLimits limits;
  HeadScanner scanner;
  Message message;
  std::optional<BeastParser> beast;
  BodyReader body;

  Status refuse(int status) {
    message.refusal = status;
    return Status::refused;
  }
  Status complete() {
    message.request.body = message.body;
    return Status::complete;
  }
  // begin_body looks at what the head says about a body.
  Status begin_body() {
    if (beast->is_chunked()) {
      message.announces_body = true;
      body.begin_chunks(limits.body_bytes);
      return Status::head_done;
    }
    const std::uint64_t length = beast->has_length() ? beast->content_length().value_or(0) : 0;
    message.announces_body = length > 0;
    if (length > limits.body_bytes) return refuse(413);
    body.begin_length(length);
    if (body.done()) return complete();
    message.body.reserve(static_cast<std::size_t>(length));
    return Status::head_done;
  }
};

RequestParser::RequestParser(const ParserLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  Message& message = impl_->message;
  impl_->scanner.reset();
  message.request = {};
  message.headers.clear();
  // A password may have been in it.
  wipe(message.body.data(), message.body.size());
  message.body.clear();
  message.refusal = 0;
  message.unknown_method = false;
  message.readable = false;
  message.expects_continue = false;
  message.announces_body = false;
  impl_->beast.reset();
}

RequestParser::Status RequestParser::find_head(std::string_view input) {
  if (const int status = impl_->scanner.scan(input); status != 0) return impl_->refuse(status);
  return impl_->scanner.done() ? Status::head_done : Status::need_more;
}

RequestParser::Status RequestParser::read_head(std::string_view head) {
  Impl& impl = *impl_;
  error_code ec;
  impl.beast.emplace(impl.message, impl.limits);
  impl.beast->put(boost::asio::const_buffer(head.data(), head.size()), ec);
  if (ec && ec != bhttp::error::need_more) {
    return impl.refuse(impl.message.refusal != 0 ? impl.message.refusal : status_of(ec));
  }
  if (!impl.beast->is_header_done()) return impl.refuse(400);
  impl.message.request.headers = impl.message.headers;
  impl.message.readable = true;
  const Status status = impl.begin_body();
  return impl.message.unknown_method ? impl.refuse(kUnknownMethod) : status;
}

std::size_t RequestParser::head_size() const noexcept { return impl_->scanner.size(); }

RequestParser::Status RequestParser::parse_body(std::string_view input, std::size_t& used) {
  Impl& impl = *impl_;
  used = impl.body.read(input, impl.message.body);
  if (impl.body.refusal() != 0) return impl.refuse(impl.body.refusal());
  return impl.body.done() ? impl.complete() : Status::need_more;
}

const http::Request& RequestParser::request() const noexcept { return impl_->message.request; }
http::Request& RequestParser::mutable_request() noexcept { return impl_->message.request; }
bool RequestParser::keep_alive() const noexcept {
  return impl_->message.version >= 11 && impl_->beast->keep_alive();
}
bool RequestParser::announces_body() const noexcept { return impl_->message.announces_body; }
bool RequestParser::expects_continue() const noexcept { return impl_->message.expects_continue; }
bool RequestParser::readable() const noexcept { return impl_->message.readable; }
int RequestParser::refusal() const noexcept { return impl_->message.refusal; }

}  // namespace latchkey::server
