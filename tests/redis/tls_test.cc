// TLS to Redis: the certificate and its name are verified.
#include <gtest/gtest.h>

#include <set>

#include "codec/token/slot_tag.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/redis/certificate.h"
#include "tests/redis/cluster.h"
#include "tests/support/free_port.h"

namespace latchkey::testing {
namespace {

class RedisTls : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Store>> open(const std::string& host, const std::string& ca_file) {
    RedisOptions options;
    options.addresses.push_back({.host = host, .port = tls_port_});
    options.tls = true;
    options.ca_file = ca_file;
    return open_redis(options);
  }

  const Certificate certificate_;
  const std::uint16_t tls_port_ = free_port();
  const RedisServer server_{certificate_.flags(tls_port_)};
};

void expect_sessions_on_all_nodes(Store& store, RedisCluster& cluster) {
  EXPECT_TRUE(store.meta().check());
  std::set<std::size_t> owners;
  std::vector<SessionRecord> records(64);
  std::vector<SessionId> ids;
  const auto slot_key = must(store.meta().meta()).slot_key;
  for (std::size_t i = 0; i < records.size(); ++i) {
    SessionRecord& record = records[i];
    record.user_id = UserId{static_cast<int>(i)};
    const std::string tag = slot_tag_of(record.user_id, slot_key);
    record.id = SessionId::parse(tag + "0123456789abcdefgh" + std::to_string(10 + i)).value();
    record.idle_expires_at = record.absolute_expires_at = kNever;
    EXPECT_EQ(must(store.sessions().insert(record, {})).status, InsertStatus::inserted);
    ids.push_back(record.id);
    owners.insert(cluster.owner(codec::cluster_slot(tag)));
  }
  EXPECT_EQ(owners.size(), RedisCluster::kPrimaries);
  const auto found = must(store.sessions().find(ids, {}));
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(found[i].record, records[i]);
}

TEST_F(RedisTls, AKnownCertificateOfTheRightNameIsTaken) {
  const auto store = open("localhost", certificate_.file());
  ASSERT_TRUE(store) << store.error().detail << server_.log();
  EXPECT_TRUE((*store)->meta().check());
  SessionRecord record;
  record.id = SessionId::parse("06S0123456789abcdefghij").value();
  record.idle_expires_at = record.absolute_expires_at = kNever;
  record.attributes = std::string(kMaxAttributesBytes, 'x');  // several packets
  EXPECT_TRUE((*store)->sessions().insert(record, {}));
  EXPECT_EQ(must((*store)->sessions().find({&record.id, 1}, {}))[0].record, record);
}

TEST_F(RedisTls, AnUnknownCertificateIsRefused) {
  const auto store = open("localhost", "");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::store_unavailable);
}

TEST_F(RedisTls, ACertificateOfAnotherNameIsRefused) {
  const auto store = open("127.0.0.1", certificate_.file());
  ASSERT_FALSE(store) << "the certificate is for localhost";
  EXPECT_NE(store.error().detail.find("certificate verify failed"), std::string::npos)
      << store.error().detail;
}

TEST_F(RedisTls, AFileThatHoldsNoCertificatesIsMisuse) {
  EXPECT_EQ(open("localhost", "/missing.pem").error().code, Errc::bad_config);
}

// Nodes tell of each other by address, so that is what their certificate has to be of.
TEST(RedisTlsCluster, EveryNodeProvesWhoItIs) {
  const Certificate certificate("IP:127.0.0.1");
  RedisCluster cluster({.tls = &certificate});
  ASSERT_TRUE(cluster.ready());
  const std::string url = "rediss+cluster://127.0.0.1:" + std::to_string(cluster.tls_port(0));
  const auto options = parse_redis_url(url + "?ca_file=" + certificate.file());
  ASSERT_TRUE(options) << options.error().detail;
  const auto store = open_redis(*options);
  ASSERT_TRUE(store) << store.error().detail << cluster.node(0).log();
  expect_sessions_on_all_nodes(**store, cluster);
  EXPECT_EQ(open_redis(must(parse_redis_url(url))).error().code, Errc::store_unavailable)
      << "nobody vouches for them";
}

RedisOptions by_name(const RedisCluster& cluster, const Certificate& certificate) {
  RedisOptions options;
  options.cluster = options.tls = true;
  options.addresses.push_back({.host = "localhost", .port = cluster.tls_port(0)});
  options.ca_file = certificate.file();
  return options;
}

TEST(RedisTlsCluster, NodesThatTellOfEachOtherByNameAreCheckedByName) {
  const Certificate certificate("DNS:localhost");
  RedisCluster cluster({.tls = &certificate,
                        .flags = {"--cluster-announce-hostname", "localhost",
                                  "--cluster-preferred-endpoint-type", "hostname"}});
  ASSERT_TRUE(cluster.ready());
  const auto store = open_redis(by_name(cluster, certificate));
  ASSERT_TRUE(store) << store.error().detail << cluster.node(0).log();
  expect_sessions_on_all_nodes(**store, cluster);
}

// Only the node that the URL names is the one whose certificate fits.
TEST(RedisTlsCluster, ANodeOfAnotherNameIsRefused) {
  const Certificate certificate("DNS:localhost");
  RedisCluster cluster({.tls = &certificate});
  ASSERT_TRUE(cluster.ready());
  const auto store = open_redis(by_name(cluster, certificate));
  ASSERT_FALSE(store) << "they tell of each other as 127.0.0.1";
  EXPECT_NE(store.error().detail.find("certificate verify failed"), std::string::npos)
      << store.error().detail;
}

}  // namespace
}  // namespace latchkey::testing
