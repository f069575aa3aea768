// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/byte_range.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using Kind = ByteRange::Kind;

TEST(ByteRange, ReadsOnePart) {
  EXPECT_EQ(read_byte_range("bytes=0-0", 10), (ByteRange{Kind::kPart, 0, 0}));
  EXPECT_EQ(read_byte_range("bytes=2-4", 10), (ByteRange{Kind::kPart, 2, 4}));
  EXPECT_EQ(read_byte_range("bytes=2-", 10), (ByteRange{Kind::kPart, 2, 9}));
  EXPECT_EQ(read_byte_range("bytes=2-99", 10), (ByteRange{Kind::kPart, 2, 9}));
  EXPECT_EQ(read_byte_range("bytes=-3", 10), (ByteRange{Kind::kPart, 7, 9}));
  EXPECT_EQ(read_byte_range("bytes=-30", 10), (ByteRange{Kind::kPart, 0, 9}));
}

TEST(ByteRange, TellsWhatIsNotThere) {
  EXPECT_EQ(read_byte_range("bytes=10-", 10).kind, Kind::kNone);
  EXPECT_EQ(read_byte_range("bytes=10-20", 10).kind, Kind::kNone);
  EXPECT_EQ(read_byte_range("bytes=-0", 10).kind, Kind::kNone);
  EXPECT_EQ(read_byte_range("bytes=0-", 0).kind, Kind::kNone);
  EXPECT_EQ(read_byte_range("bytes=-1", 0).kind, Kind::kNone);
}

TEST(ByteRange, IgnoresWhatItDoesNotServe) {
  EXPECT_EQ(read_byte_range({}, 10).kind, Kind::kAll);
  for (const char* text :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=4-2", "bytes=1-2,3-4", "bytes=a-",
        "bytes=1-b", "bytes=+1-2", "bytes= 1-2", "bytes=-1-2", "lines=1-2",
        "bytes=18446744073709551616-", "bytes=0-18446744073709551616"})
    EXPECT_EQ(read_byte_range(text, 10).kind, Kind::kAll) << text;
}

}  // namespace
}  // namespace webrtcserver
