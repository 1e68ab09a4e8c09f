#include "server/http/peer_shares.h"

#include <algorithm>

#include "latchkey/address.h"

namespace latchkey::server {
namespace {

namespace ip = boost::asio::ip;

PeerShare::Key key_of(const ip::address& peer) {
  PeerShare::Key key{};
  if (peer.is_v6() && !peer.to_v6().is_v4_mapped()) {
    const auto bytes = peer.to_v6().to_bytes();
    key[0] = 6;
    std::copy_n(bytes.begin(), 8, key.begin() + 1);
    return key;
  }
  const auto bytes =
      (peer.is_v4() ? peer.to_v4() : ip::make_address_v4(ip::v4_mapped, peer.to_v6())).to_bytes();
  key[0] = 4;
  std::copy(bytes.begin(), bytes.end(), key.begin() + 1);
  return key;
}

}  // namespace

PeerShare::~PeerShare() {
  if (shares_ != nullptr) shares_->give_back(key_);
}

std::optional<PeerShare> PeerShares::take(const ip::address& peer) {
  const auto address = guard::Address::parse(peer.to_string());
  if (address && proxies_.contains(*address)) return PeerShare();
  return take(key_of(peer));
}

std::optional<PeerShare> PeerShares::take_unix() {
  if (proxies_.contains_peer(guard::kUnixPeer)) return PeerShare();
  return take(PeerShare::Key{1});
}

std::optional<PeerShare> PeerShares::take(const PeerShare::Key& key) {
  const MutexLock lock(mutex_);
  std::size_t& count = counts_[key];
  if (count >= most_) return std::nullopt;
  ++count;
  return PeerShare(*this, key);
}

void PeerShares::give_back(const PeerShare::Key& key) {
  const MutexLock lock(mutex_);
  const auto at = counts_.find(key);
  if (at != counts_.end() && --at->second == 0) counts_.erase(at);
}

}  // namespace latchkey::server
