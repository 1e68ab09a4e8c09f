#include "base/small_file.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

namespace latchkey {
namespace {

class SmallFile : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  void write(const std::string& text) {
    std::FILE* const file = std::fopen(path_.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size());
    std::fclose(file);
  }
  const std::string path_ = ::testing::TempDir() + "latchkey_small_file_" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(SmallFile, IsReadWhole) {
  for (const unsigned size : {0U, 1U, 4095U, 4096U, 4097U, 100'000U, 1U << 20}) {
    std::string text(size, 'x');
    if (size > 0) text.back() = '\0';
    write(text);
    EXPECT_EQ(read_small_file(path_), text) << size;
  }
}

TEST_F(SmallFile, ThatIsLargeOrNoneIsNotRead) {
  EXPECT_EQ(read_small_file(path_), std::nullopt);
  EXPECT_EQ(read_small_file(::testing::TempDir()), std::nullopt) << "a folder";
  write(std::string((1 << 20) + 1, 'x'));
  EXPECT_EQ(read_small_file(path_), std::nullopt);
}

}  // namespace
}  // namespace latchkey
