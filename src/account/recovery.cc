#include "latchkey/recovery.h"

#include <array>
#include <utility>
#include <vector>

#include "account/counter_names.h"
#include "account/rules.h"
#include "account/user_address.h"
#include "account/username.h"
#include "base/bad_config.h"
#include "base/base64url.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace latchkey {
namespace {

using account::Counted;
using account::CounterNames;

constexpr std::string_view kResetPurpose = "password_reset";
constexpr std::string_view kVerifyPurpose = "address_verification";
constexpr std::size_t kTokenOctets = 32;
constexpr std::size_t kTokenText = 43;  // of base64url
constexpr std::size_t kLinksAtOnce = 3;
constexpr std::size_t kMarkText = 43;  // of password_mark
constexpr Millis kLongestReset = std::chrono::hours{1};
constexpr Millis kLongestVerify = std::chrono::hours{24 * 7};

SecretHash hash_of_token(std::string_view token) noexcept {
  return {crypto::sha256(crypto::as_bytes(token))};
}

// read_token returns the hash of what has the form of a token; nothing else is looked up.
std::optional<SecretHash> read_token(std::string_view token) {
  if (token.size() != kTokenText || !base64url_decode(token)) return std::nullopt;
  return hash_of_token(token);
}

// password_mark changes with the password, so that a link dies when that does. It tells nothing of
// the hash.
std::string password_mark(std::string_view password_hash) {
  return base64url_encode(crypto::sha256(crypto::as_bytes(password_hash)));
}

Result<void> check_options(const RecoveryOptions& options) {
  if (!options.send) return bad_config("send: give a function that takes the mail");
  for (const std::string* url : {&options.reset_url, &options.verify_url}) {
    const bool web = url->starts_with("https://") || url->starts_with("http://");
    if (!url->empty() && (!web || url->find_first_of("?# \"<>") != std::string::npos)) {
      return bad_config("reset_url, verify_url: write the address of a page, without a query");
    }
  }
  const bool lives = options.reset_life > Millis{0} && options.reset_life <= kLongestReset &&
                     options.verify_life > Millis{0} && options.verify_life <= kLongestVerify;
  if (!lives) return bad_config("reset_life is at most 1 hour, verify_life at most 7 days");
  for (const CounterRule* rule : {&options.account, &options.address}) {
    if (rule->most < 1 || rule->window <= Millis{0}) {
      return bad_config("account, address: a rule allows one try at least, in a window above 0");
    }
  }
  return account::check_cost(options.cost, options.insecure_cost_for_tests);
}

// Verification is a link that confirms an address, found in the store.
struct Verification {
  SecretHash hash{};
  User user{};
  std::string address{};
};

// A first address is the user's to give: who holds the mailbox alone may be somebody else.
LinkUse use_of(const Verification& link, const UserId& signed_in) {
  const std::string had = address_of(link.user).address;
  if (had.empty()) return signed_in == link.user.id ? LinkUse::usable : LinkUse::its_user;
  return had == link.address ? LinkUse::usable : LinkUse::none;
}

}  // namespace

struct Recovery::Impl {
  Store& store;
  const RecoveryOptions options;
  const CounterNames names;
  const UserId decoy;  // whose links nobody gets

  UnixTime now() const noexcept {
    return options.clock != nullptr ? options.clock->now() : system_clock().now();
  }
  Result<LinkRequest> count(const std::vector<std::string>& mail_for, const DeviceContext& by);
  Result<std::optional<Verification>> find_verification(std::string_view token);
  void tell_verified(const UserId& user, const DeviceContext& by) const;
  // put keeps a new link and returns its token.
  Result<std::string> put(OneTimeSecret secret, Millis life, std::size_t most);
  // find_usable finds whose password `secret` may set: nobody's once it has changed.
  Result<std::optional<StoredUser>> find_usable(const OneTimeSecret& secret);
  void note(EventKind kind, const UserId& user, const DeviceContext& by,
            std::string_view reason = {}) const;
  void forget_tries(const StoredUser& user);
  void hand_over(MailKind kind, const User& user, const std::string& to, const std::string& link,
                 Millis life) const;
};

Result<std::unique_ptr<Recovery>> Recovery::open(Store& store, RecoveryOptions options) {
  if (Result<void> fine = check_options(options); !fine) return fine.error();
  auto meta = store.meta().meta();
  if (!meta) return meta.error();
  auto decoy = account::draw_user_id();
  if (!decoy) return decoy.error();
  return std::unique_ptr<Recovery>(new Recovery(std::unique_ptr<Impl>(
      new Impl{store, std::move(options), CounterNames(meta->slot_key), *std::move(decoy)})));
}

Recovery::Recovery(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Recovery::~Recovery() = default;

const RecoveryOptions& Recovery::options() const noexcept { return impl_->options; }

void Recovery::Impl::note(EventKind kind, const UserId& user, const DeviceContext& by,
                          std::string_view reason) const {
  if (options.events == nullptr) return;
  options.events->add({.kind = kind,
                       .user_id = user,
                       .reason = std::string(reason),
                       .address = by.address,
                       .user_agent = by.user_agent,
                       .request_id = by.request_id});
}

Result<LinkRequest> Recovery::Impl::count(const std::vector<std::string>& mail_for,
                                          const DeviceContext& by) {
  std::vector<CounterTry> tries;
  for (const std::string& one : mail_for) {
    tries.push_back({names.key(Counted::mail_for, one), options.account});
  }
  if (const auto place = account::place_of(by.address)) {
    tries.push_back({names.key(Counted::mail_by, place->address), options.address});
  }
  const UnixTime at = now();
  const auto outcome = store.counters().take(tries, at);
  if (!outcome) return outcome.error();
  if (outcome->taken) return LinkRequest{};
  LinkRequest refused{.rejection = Rejection::rate_limited, .retry_after = Millis{1}};
  for (const CounterState& state : outcome->states) {
    refused.retry_after = std::max(refused.retry_after, state.next_at - at);
  }
  note(EventKind::limit_reached, {}, by, "mail");
  log(LogLevel::info, "limit_hit", {{"limit", "mail"}, {"counter", tries.front().key}});
  return refused;
}

Result<std::string> Recovery::Impl::put(OneTimeSecret secret, Millis life, std::size_t most) {
  std::array<std::uint8_t, kTokenOctets> random;
  Entropy& entropy = options.entropy != nullptr ? *options.entropy : system_entropy();
  if (Result<void> drawn = entropy.fill(random); !drawn) return drawn.error();
  std::string token = base64url_encode(random);
  wipe(random.data(), random.size());
  secret.hash = hash_of_token(token);
  secret.created_at = now();
  secret.expires_at = secret.created_at + life;
  if (Result<void> kept = store.one_time().put_secret(secret, most); !kept) return kept.error();
  return token;
}

void Recovery::Impl::hand_over(MailKind kind, const User& user, const std::string& to,
                               const std::string& link, Millis life) const {
  options.send(
      {.kind = kind, .to = to, .username = user.username, .link = link, .valid_for = life});
}

// Whoever has no address gets a link that nobody knows: the same calls, and the same time (R91).
Result<LinkRequest> Recovery::forgot_password(std::string_view username, const DeviceContext& by) {
  if (impl_->options.reset_url.empty()) {
    return Error{Errc::unsupported, "there are no reset links: RecoveryOptions::reset_url"};
  }
  const auto name = account::parse_username(username);
  const std::string_view key = name ? std::string_view(name->key) : std::string_view();
  auto counted = impl_->count({std::string(name ? key : username)}, by);
  if (!counted || counted->rejection != Rejection::none) return counted;
  const auto found = impl_->store.users().find_username(key);
  if (!found) return found.error();
  std::string to;
  if (*found && !(*found)->user.disabled) to = address_of((*found)->user).address;
  const bool known = !to.empty();
  OneTimeSecret secret{.purpose = std::string(kResetPurpose),
                       .user_id = known ? (*found)->user.id : impl_->decoy,
                       .data = password_mark(known ? (*found)->password_hash : std::string{})};
  const Millis life = impl_->options.reset_life;
  auto token = impl_->put(std::move(secret), life, known ? kLinksAtOnce : 1);
  if (!token) return token.error();
  if (known) {
    impl_->hand_over(MailKind::password_reset, (*found)->user, to,
                     impl_->options.reset_url + "?token=" + *token, life);
    impl_->note(EventKind::secret_requested, (*found)->user.id, by, kResetPurpose);
    log(LogLevel::info, "password_reset_requested", {{"user_id", (*found)->user.id.text()}});
  }
  wipe(token->data(), token->size());
  return counted;
}

Result<std::optional<StoredUser>> Recovery::Impl::find_usable(const OneTimeSecret& secret) {
  auto user = store.users().find_user(secret.user_id);
  if (!user) return user.error();
  const bool usable =
      *user && !(*user)->user.disabled && password_mark((*user)->password_hash) == secret.data;
  if (!usable) return std::optional<StoredUser>{};
  return user;
}

Result<bool> Recovery::knows_reset(std::string_view token) {
  const auto hash = read_token(token);
  if (!hash) return false;
  const auto secret = impl_->store.one_time().find_secret(*hash, kResetPurpose, impl_->now());
  if (!secret) return secret.error();
  if (!*secret) return false;
  const auto user = impl_->find_usable(**secret);
  if (!user) return user.error();
  return user->has_value();
}

// The link is taken after the hash: of several uses at once one gets it, and a hash that fails
// costs nobody their link.
Result<PasswordReset> Recovery::reset_password(std::string_view token, std::string_view password,
                                               const DeviceContext& by) {
  if (const Rejection fault = account::strength_of(password); fault != Rejection::none) {
    return PasswordReset{.rejection = fault};
  }
  const auto hash = read_token(token);
  if (!hash) return PasswordReset{};
  OneTimeStore& links = impl_->store.one_time();
  const auto secret = links.find_secret(*hash, kResetPurpose, impl_->now());
  if (!secret) return secret.error();
  if (!*secret) return PasswordReset{};
  const auto user = impl_->find_usable(**secret);
  if (!user) return user.error();
  if (!*user) return PasswordReset{};
  const Rejection personal =
      account::strength_of(password, {(*user)->user.username, impl_->options.site_name});
  if (personal != Rejection::none) return PasswordReset{.rejection = personal};
  const auto leak = account::leak_of(password, impl_->options.is_leaked);
  if (!leak) return leak.error();
  if (*leak != Rejection::none) return PasswordReset{.rejection = *leak};
  auto phc = account::hash_new_password(password, impl_->options.cost, impl_->options.peppers);
  if (!phc) return phc.error();
  const auto taken = links.take_secret(*hash, kResetPurpose, impl_->now());
  if (!taken) return taken.error();
  if (!*taken) return PasswordReset{};
  auto changed = impl_->store.users().set_password({.user = (*user)->user.id,
                                                    .new_hash = *std::move(phc),
                                                    .expected_hash = (*user)->password_hash,
                                                    .now = impl_->now()});
  if (!changed) return changed.error();
  if (changed->status != SetPasswordStatus::changed) return PasswordReset{};
  impl_->note(EventKind::password_reset, (*user)->user.id, by);
  log(LogLevel::info, "password_reset", {{"user_id", (*user)->user.id.text()}});
  impl_->forget_tries(**user);
  tell_changed((*user)->user.id);
  return PasswordReset{.ended = std::move(changed->removed)};
}

// Others may have guessed until nobody got in any more. What is left of tries and links runs out by
// itself where the store fails.
void Recovery::Impl::forget_tries(const StoredUser& user) {
  const std::string account = names.key(Counted::account, user.username_key);
  const Result<void> settled = store.counters().settle(std::span(&account, 1), {});
  const auto links = store.one_time().remove_secrets(user.user.id, kResetPurpose);
  if (settled && links) return;
  log(LogLevel::warn, "tries_not_forgotten", {{"user_id", user.user.id.text()}});
}

Result<LinkRequest> Recovery::send_verification(const User& user, std::string_view address,
                                                const DeviceContext& by) {
  if (impl_->options.verify_url.empty()) {
    return Error{Errc::unsupported, "there are no verification links: RecoveryOptions::verify_url"};
  }
  if (!is_mail_address(address)) {
    return Error{Errc::invalid_argument, "this is no e-mail address"};
  }
  // No name has a line feed, so nobody else uses up these counts. What one mailbox gets is limited
  // whoever asks.
  auto counted =
      impl_->count({"\nid " + std::string(user.id.text()), "\nto " + ascii_lower(address)}, by);
  if (!counted || counted->rejection != Rejection::none) return counted;
  const auto stored = impl_->store.users().find_user(user.id);
  if (!stored) return stored.error();
  if (!*stored) return Error{Errc::invalid_argument, "there is no such user"};
  const Millis life = impl_->options.verify_life;
  auto token = impl_->put({.purpose = std::string(kVerifyPurpose),
                           .user_id = user.id,
                           .data = password_mark((*stored)->password_hash) + std::string(address)},
                          life, kLinksAtOnce);
  if (!token) return token.error();
  impl_->note(EventKind::secret_requested, user.id, by, kVerifyPurpose);
  impl_->hand_over(MailKind::address_verification, user, std::string(address),
                   impl_->options.verify_url + "?token=" + *token, life);
  wipe(token->data(), token->size());
  return counted;
}

// As with a reset, a link dies with the password: a thief's must not outlive the change that ended
// the theft.
Result<std::optional<Verification>> Recovery::Impl::find_verification(std::string_view token) {
  const auto hash = read_token(token);
  if (!hash) return std::optional<Verification>{};
  auto secret = store.one_time().find_secret(*hash, kVerifyPurpose, now());
  if (!secret) return secret.error();
  if (!*secret || (*secret)->data.size() <= kMarkText) return std::optional<Verification>{};
  Verification found{.hash = *hash, .address = (*secret)->data.substr(kMarkText)};
  (*secret)->data.resize(kMarkText);
  auto user = find_usable(**secret);
  if (!user) return user.error();
  if (!*user) return std::optional<Verification>{};
  found.user = std::move((*user)->user);
  return std::optional{std::move(found)};
}

void Recovery::Impl::tell_verified(const UserId& user, const DeviceContext& by) const {
  note(EventKind::email_verified, user, by);
  log(LogLevel::info, "address_verified", {{"user_id", user.text()}});
}

Result<LinkUse> Recovery::look_at_verification(std::string_view token, const UserId& signed_in) {
  const auto found = impl_->find_verification(token);
  if (!found) return found.error();
  return *found ? use_of(**found, signed_in) : LinkUse::none;
}

Result<std::optional<ProvenAddress>> Recovery::verify_address(std::string_view token,
                                                              const DeviceContext& by) {
  auto found = impl_->find_verification(token);
  if (!found) return found.error();
  if (!*found) return std::optional<ProvenAddress>{};
  const auto taken =
      impl_->store.one_time().take_secret((*found)->hash, kVerifyPurpose, impl_->now());
  if (!taken) return taken.error();
  if (!*taken) return std::optional<ProvenAddress>{};
  impl_->tell_verified((*found)->user.id, by);
  return std::optional{ProvenAddress{(*found)->user.id, std::move((*found)->address)}};
}

// The link is taken when all else is known to be right, and put back where keeping the address
// fails.
Result<std::optional<ProvenAddress>> Recovery::confirm_address(std::string_view token,
                                                               const UserId& signed_in,
                                                               const DeviceContext& by) {
  auto found = impl_->find_verification(token);
  if (!found) return found.error();
  if (!*found || use_of(**found, signed_in) != LinkUse::usable) {
    return std::optional<ProvenAddress>{};
  }
  OneTimeStore& links = impl_->store.one_time();
  const auto taken = links.take_secret((*found)->hash, kVerifyPurpose, impl_->now());
  if (!taken) return taken.error();
  if (!*taken) return std::optional<ProvenAddress>{};
  const UserId& user = (*found)->user.id;
  const auto kept = account::keep_address(impl_->store.users(), user, (*found)->address);
  if (!kept) {
    if (!links.put_secret(**taken, kLinksAtOnce)) {
      log(LogLevel::warn, "link_lost", {{"user_id", user.text()}});
    }
    return kept.error();
  }
  if (!*kept) return std::optional<ProvenAddress>{};
  impl_->tell_verified(user, by);
  return std::optional{ProvenAddress{user, std::move((*found)->address)}};
}

void Recovery::tell_changed(const UserId& user) {
  const auto stored = impl_->store.users().find_user(user);
  if (!stored) {
    log(LogLevel::warn, "mail_lost", {{"kind", mail_kind_name(MailKind::password_changed)}});
    return;
  }
  if (!*stored) return;
  const std::string to = address_of((*stored)->user).address;
  if (to.empty()) return;
  impl_->hand_over(MailKind::password_changed, (*stored)->user, to, {}, Millis{0});
}

// A program without cookies is a new device at each log-in: its user gets a few mails and no flood.
void Recovery::tell_log_in(const User& user, const DeviceContext& by) {
  const std::string to = address_of(user).address;
  if (to.empty()) return;
  const CounterTry one{
      impl_->names.key(Counted::mail_for, "\nlog_in " + std::string(user.id.text())),
      impl_->options.account};
  const UnixTime at = impl_->now();
  const auto counted = impl_->store.counters().take(std::span(&one, 1), at);
  if (!counted) {
    log(LogLevel::warn, "mail_lost", {{"kind", mail_kind_name(MailKind::new_device)}});
    return;
  }
  if (!counted->taken) return;
  impl_->options.send({.kind = MailKind::new_device,
                       .to = to,
                       .username = user.username,
                       .client_address = by.address,
                       .user_agent = by.user_agent,
                       .at = at});
}

}  // namespace latchkey
