#pragma once

#include <memory>
#include <string_view>
#include <type_traits>

// How Auth sees a request of any framework.
namespace latchkey {

// RequestView shows one HTTP request to Auth, whatever the container its headers are in:
//
//   std::map<std::string, std::string> headers = ...;             // Drogon, Crow, httplib, Beast
//   auto session = auth.begin({"GET", "/training?page=2", "203.0.113.7", headers});
//
// It is a view and copies nothing. Method, target, peer and headers must stay in place, unchanged,
// until the AuthSession made from them has been applied or destroyed.
//
// The headers are any range whose elements are pairs (`first`, `second`), have members `name` and
// `value`, or functions `name_string()` and `value()` as those of Boost.Beast have. Names are
// compared without regard to case; a header that came in several lines is several elements.
class RequestView {
 public:
  // See is called for every header.
  using See = void (*)(void* context, std::string_view name, std::string_view value);

  // `target` is the path with its query, as sent. `peer` is the address at the other end of the
  // connection, without a port: what proxies say about the client is read from the headers. Empty
  // when there is none, as on a unix socket.
  template <class Headers>
  RequestView(std::string_view method, std::string_view target, std::string_view peer,
              const Headers& headers) noexcept
      : method_(method),
        target_(target),
        peer_(peer),
        headers_(std::addressof(headers)),
        walk_(walk<Headers>) {}
  // A temporary would be gone before the session is.
  template <class Headers>
  requires(!std::is_lvalue_reference_v<Headers>)
      RequestView(std::string_view method, std::string_view target, std::string_view peer,
                  Headers&& headers)
  = delete;

  std::string_view method() const noexcept { return method_; }
  std::string_view target() const noexcept { return target_; }
  std::string_view peer() const noexcept { return peer_; }
  // each_header calls `see` for every header in order.
  void each_header(void* context, See see) const { walk_(headers_, context, see); }

 private:
  template <class Header>
  static constexpr bool kBeast = requires(const Header& header) {
    header.name_string();
    header.value();
  };
  template <class Header>
  static constexpr bool kNamed = requires(const Header& header) {
    header.name;
    header.value;
  };

  template <class Headers>
  static void walk(const void* headers, void* context, See see) {
    for (const auto& header : *static_cast<const Headers*>(headers)) {
      using Header = std::remove_cvref_t<decltype(header)>;
      if constexpr (kBeast<Header>) {
        // A view by value is fine, a string by value would dangle.
        static_assert(std::is_trivially_copyable_v<std::remove_cvref_t<decltype(header.value())>>);
        see(context, header.name_string(), header.value());
      } else if constexpr (kNamed<Header>) {
        see(context, header.name, header.value);
      } else {
        see(context, header.first, header.second);
      }
    }
  }

  std::string_view method_;
  std::string_view target_;
  std::string_view peer_;
  const void* headers_;
  void (*walk_)(const void* headers, void* context, See see);
};

}  // namespace latchkey
