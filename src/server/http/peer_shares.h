#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/mutex.h"
#include "latchkey/client_address.h"

namespace latchkey::server {

class PeerShares;

// PeerShare is the place of one connection among those of its address; freed by its end.
class PeerShare {
 public:
  using Key = std::array<std::uint8_t, 9>;  // 4 or 6, then the address or network; or 1

  PeerShare() = default;  // counts nowhere
  PeerShare(PeerShares& shares, const Key& key) : shares_(&shares), key_(key) {}
  PeerShare(PeerShare&& other) noexcept
      : shares_(std::exchange(other.shares_, nullptr)), key_(other.key_) {}
  PeerShare& operator=(PeerShare&&) = delete;
  ~PeerShare();

 private:
  PeerShares* shares_ = nullptr;
  Key key_{};
};

// PeerShares bounds how many connections one address holds, so that nobody can take them all: an
// IPv4 address, or the /64 network of an IPv6 address, which is what one customer gets. Proxies
// that are trusted bring the connections of many and are not bounded. Thread-safe.
class PeerShares {
 public:
  // `most` is at least 1; must outlive the shares it gives.
  PeerShares(std::size_t most, guard::TrustedProxies proxies)
      : most_(most), proxies_(std::move(proxies)) {}

  // take counts a connection from `peer`. Nothing: the address has its share already.
  std::optional<PeerShare> take(const boost::asio::ip::address& peer) LATCHKEY_EXCLUDES(mutex_);
  // take_unix counts one from a unix socket. All of those are one peer.
  std::optional<PeerShare> take_unix() LATCHKEY_EXCLUDES(mutex_);
  // trusts tells whether `peer`, as a request names it, is a trusted proxy.
  bool trusts(std::string_view peer) const noexcept { return proxies_.contains_peer(peer); }
  std::size_t most() const noexcept { return most_; }

 private:
  friend class PeerShare;
  std::optional<PeerShare> take(const PeerShare::Key& key) LATCHKEY_EXCLUDES(mutex_);
  void give_back(const PeerShare::Key& key) LATCHKEY_EXCLUDES(mutex_);

  const std::size_t most_;
  const guard::TrustedProxies proxies_;
  Mutex mutex_;
  // Ordered: no choice of addresses makes a look-up slow.
  std::map<PeerShare::Key, std::size_t> counts_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::server
