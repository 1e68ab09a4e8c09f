#include "server/files/reread_source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_directory.h"

namespace latchkey::server {
namespace {

// A source that tells what its file held when it was made.
class Holding final : public session::ForeignSource {
 public:
  explicit Holding(std::string text) : text_(std::move(text)) {}
  std::string_view name() const noexcept override { return "test"; }
  Result<session::ForeignRead> read(std::string_view, UnixTime) override {
    return session::ForeignRead{.why = text_};
  }

 private:
  const std::string text_;
};

class RereadSourceTest : public ::testing::Test {
 protected:
  RereadSourceTest() {
    write("first");
    source_ = make_reread_source(*make(), path_, [this] { return make(); });
  }
  void write(const std::string& text) const {
    std::ofstream(path_ + ".new") << text;
    std::filesystem::rename(path_ + ".new", path_);
  }
  Result<std::unique_ptr<session::ForeignSource>> make() {
    ++made_;
    std::string text;
    std::getline(std::ifstream(path_) >> std::ws, text);
    if (text.empty()) return Error{Errc::bad_config, "it is empty"};
    return std::unique_ptr<session::ForeignSource>(std::make_unique<Holding>(text));
  }
  std::string held() { return std::string(source_->read("", {})->why); }

  const testing::TempDirectory directory_;
  const std::string path_ = directory_.path() + "/secret";
  int made_ = 0;
  std::unique_ptr<session::ForeignSource> source_;
};

TEST_F(RereadSourceTest, F4AChangedSecretIsReadWithoutARestart) {
  EXPECT_EQ(held(), "first");
  write("second");
  EXPECT_EQ(held(), "second");
  EXPECT_EQ(held(), "second");
  EXPECT_EQ(made_, 2) << "once for each change";
}

TEST_F(RereadSourceTest, F4AFileThatIsEmptyOrMissingForAMomentChangesNothing) {
  write("");
  EXPECT_EQ(held(), "first");
  EXPECT_EQ(held(), "first");
  EXPECT_EQ(made_, 2) << "and is not tried with each cookie";
  std::filesystem::remove(path_);
  EXPECT_EQ(held(), "first");
  write("second");
  EXPECT_EQ(held(), "second");
}

}  // namespace
}  // namespace latchkey::server
