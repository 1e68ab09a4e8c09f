#include "store/redis/wire/reply.h"

#include <charconv>
#include <utility>

// reply     = simple / error / integer / bulk / null / boolean / double / number / aggregate
// simple    = "+" line        error  = "-" line         integer = ":" int CRLF
// bulk      = ("$" / "!" / "=") length CRLF octets CRLF  ; "$-1": null
// null      = "_" CRLF        boolean = "#" ("t" / "f") CRLF
// double    = "," line        number = "(" line
// aggregate = ("*" / "~" / ">" / "%") count CRLF *reply  ; "*-1": null; a map has two per count
// Attributes ("|") and streamed values ("$?") are refused: no command used here brings them.
namespace latchkey::redis {
namespace {

template <class Number>
bool parse_number(std::string_view text, Number& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

constexpr std::size_t kCompactAt = std::size_t{64} << 10;

}  // namespace

void ReplyParser::feed(std::string_view bytes) {
  if (at_ == buffer_.size() || at_ > kCompactAt) {
    buffer_.erase(0, at_);
    searched_ -= at_;
    at_ = 0;
  }
  buffer_.append(bytes);
}

ReplyParser::Status ReplyParser::next(Reply& out) {
  while (!bad_) {
    Reply value;
    bool whole = false;
    if (in_bulk_) {
      if (buffer_.size() - at_ < bulk_size_ + 2) return Status::more;
      whole = end_bulk(value);
    } else {
      std::string_view line;
      if (!take_line(line)) return bad_ ? Status::bad : Status::more;
      whole = begin(line, value);
    }
    if (!bad_ && whole && place(value)) {
      out = std::move(value);
      elements_ = 0;
      return Status::reply;
    }
  }
  return Status::bad;
}

bool ReplyParser::take_line(std::string_view& line) {
  const std::size_t end = buffer_.find("\r\n", searched_);
  if (end == std::string::npos) {
    bad_ = buffer_.size() - at_ > kMaxLine + 1;  // the CR may be there
    searched_ = buffer_.empty() || buffer_.size() == at_ ? at_ : buffer_.size() - 1;
    return false;
  }
  line = std::string_view{buffer_}.substr(at_, end - at_);
  at_ = searched_ = end + 2;
  if (line.empty() || line.size() > kMaxLine || line.find('\n') != std::string_view::npos) {
    bad_ = true;
  }
  return !bad_;
}

bool ReplyParser::begin(std::string_view line, Reply& value) {
  const std::string_view rest = line.substr(1);
  switch (line[0]) {
    case '+':
    case ',':
    case '(':
      value.kind = Reply::Kind::text;
      value.text = rest;
      return true;
    case '-':
      value.kind = Reply::Kind::error;
      value.text = rest;
      return true;
    case ':':
      value.kind = Reply::Kind::integer;
      bad_ = !parse_number(rest, value.integer);
      return true;
    case '#':
      value.kind = Reply::Kind::integer;
      value.integer = rest == "t" ? 1 : 0;
      bad_ = rest != "t" && rest != "f";
      return true;
    case '_':
      bad_ = !rest.empty();
      return true;
    case '$':
    case '!':
    case '=':
      return begin_bulk(line[0], rest, value);
    case '*':
    case '~':
    case '>':
    case '%':
      return begin_elements(line[0], rest, value);
    default:
      bad_ = true;
      return false;
  }
}

bool ReplyParser::begin_bulk(char type, std::string_view count, Reply&) {
  if (type == '$' && count == "-1") return true;
  bad_ = !parse_number(count, bulk_size_) || bulk_size_ > kMaxBulk;
  bulk_type_ = type;
  in_bulk_ = !bad_;
  return false;
}

bool ReplyParser::end_bulk(Reply& value) {
  const std::string_view body = std::string_view{buffer_}.substr(at_, bulk_size_ + 2);
  bad_ = !body.ends_with("\r\n");
  value.kind = bulk_type_ == '!' ? Reply::Kind::error : Reply::Kind::text;
  value.text = body.substr(0, bulk_size_);
  if (bulk_type_ == '=') {  // three letters tell the kind of text
    bad_ = bad_ || bulk_size_ < 4 || value.text[3] != ':';
    value.text.erase(0, 4);
  }
  at_ = searched_ = at_ + bulk_size_ + 2;
  in_bulk_ = false;
  return true;
}

bool ReplyParser::begin_elements(char type, std::string_view count, Reply& value) {
  if (type == '*' && count == "-1") return true;
  std::size_t number = 0;
  if (!parse_number(count, number) || number > kMaxElements || open_.size() >= kMaxDepth) {
    bad_ = true;
    return false;
  }
  if (type == '%') number *= 2;
  elements_ += number;
  bad_ = elements_ > kMaxElements || (type == '>' && (!open_.empty() || number == 0));
  value.kind = type == '>' ? Reply::Kind::push : Reply::Kind::array;
  if (number == 0) return true;
  open_.push_back({std::move(value), number});
  return false;
}

bool ReplyParser::place(Reply& value) {
  while (!open_.empty()) {
    Open& top = open_.back();
    top.reply.elements.push_back(std::move(value));
    if (--top.missing > 0) return false;
    value = std::move(top.reply);
    open_.pop_back();
  }
  return true;
}

}  // namespace latchkey::redis
