// The ring.
#include "check.hpp"

#include <string>
#include <utility>

int main() {
  return check_main([] {
    mimir::Ring ring(2);
    CHECK(ring.count() == 0 && ring.memory() > 0);
    CHECK_THROWS(ring.at(0), MIMIR_ERROR_OUT_OF_RANGE);
    ring.push("one");
    ring.push({});
    ring.push(std::string("three\0bytes", 11));
    CHECK(ring.count() == 2 && ring.size() == 2);
    CHECK(ring[0].empty());
    CHECK(ring[-1] == std::string("three\0bytes", 11) && ring.at(1) == ring[-1]);
    CHECK_THROWS(ring[2], MIMIR_ERROR_OUT_OF_RANGE);
    CHECK_THROWS(ring[-3], MIMIR_ERROR_OUT_OF_RANGE);
    mimir::Ring other = std::move(ring);
    CHECK_THROWS(ring.push("x"), MIMIR_ERROR_CLOSED);
    CHECK(other.count() == 2);
    other.clear();
    CHECK(other.count() == 0);
    ring = mimir::Ring(MIMIR_UNLIMITED);
    for (int i = 0; i < 1000; i++) ring.push(std::to_string(i));
    CHECK(ring.count() == 1000 && ring[0] == "0" && ring[500] == "500" && ring[-1] == "999");
  });
}
