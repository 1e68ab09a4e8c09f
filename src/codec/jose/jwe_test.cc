#include "codec/jose/jwe.h"

#include <gtest/gtest.h>

#include "codec/jose/parts.h"
#include "crypto/digest.h"

namespace latchkey::codec {
namespace {

struct Example {
  std::string_view enc, key, header, iv, ciphertext, tag;
};

std::optional<std::string> open(const Example& example) {
  const auto bytes = [](std::string_view text) { return decode_loosely(text)->bytes; };
  const std::string key = bytes(example.key), iv = bytes(example.iv), tag = bytes(example.tag);
  const std::string ciphertext = bytes(example.ciphertext);
  return jwe_decrypt_content(
      *find_jwe_encryption(example.enc), crypto::as_bytes(key),
      {crypto::as_bytes(iv), crypto::as_bytes(ciphertext), crypto::as_bytes(tag), example.header});
}

// RFC 7516, appendix B, which is the content of A.3.
constexpr Example kAppendixB{"A128CBC-HS256",
                             "BNMfxVSd_P4LZJ36P6pqzmt81C1vawnbyLEA8I-cLM8",
                             "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0",
                             "AxY8DCtDaGlsbGljb3RoZQ",
                             "KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY",
                             "U0m_YmjN04DJvceFICbCVQ"};

// RFC 7520, section 5.6: a JWE whose key is used directly.
constexpr Example kDirect{
    "A128GCM",
    "XctOhJAkA-pD9Lh7ZgW_2A",
    "eyJhbGciOiJkaXIiLCJraWQiOiI3N2M3ZTJiOC02ZTEzLTQ1Y2YtODY3Mi02MTdiNWI0NTI0M2EiLCJlbmMiOiJBMTI4R0"
    "NNIn0",
    "refa467QzzKx6QAB",
    "JW_i_f52hww_ELQPGaYyeAB6HYGcR559l9TYnSovc23XJoBcW29rHP8yZOZG7YhLpT1bjFuvZPjQS-m0IFtVcXkZXdH_"
    "lr_"
    "FrdYt9HRUYkshtrMmIUAyGmUnd9zMDB2n0cRDIHAzFVeJUDxkUwVAE7_YGRPdcqMyiBoCO-FBdE-Nceb4h3-FtBP-c_"
    "BIwC"
    "PTjb9o0SbdcdREEMJMyZBH8ySWMVi1gPD9yxi-aQpGbSv_F9N4IZAxscj5g-NJsUPbjk29-"
    "s7LJAGb15wEBtXphVCgyy53C"
    "oIKLHHeJHXex45Uz9aKZSRSInZI-wjsY0yu3cT4_aQ3i1o-tiE-F8Ios61EKgyIQ4CWao8PFMj8TTnp",
    "vbb32Xvllea2OtmHAdccRQ"};

TEST(Jwe, TheExampleOfRfc7516AppendixBOpens) {
  EXPECT_EQ(open(kAppendixB), "Live long and prosper.");
}

TEST(Jwe, TheDirectExampleOfRfc7520Opens) {
  const auto plain = open(kDirect);
  ASSERT_TRUE(plain);
  EXPECT_TRUE(plain->starts_with("You can trust us to stick with you through thick and thin"));
  EXPECT_TRUE(plain->ends_with("We are your friends, Frodo."));
}

TEST(Jwe, AnExampleWithAChangedPartDoesNotOpen) {
  for (const Example& example : {kAppendixB, kDirect}) {
    Example changed = example;
    changed.header = "eyJhbGciOiJkaXIifQ";
    EXPECT_FALSE(open(changed));
    changed = example;
    changed.iv = example.ciphertext.substr(0, example.iv.size());
    EXPECT_FALSE(open(changed));
    changed = example;
    changed.ciphertext.remove_suffix(4);
    EXPECT_FALSE(open(changed));
  }
}

}  // namespace
}  // namespace latchkey::codec
