// Publisher, subscriber, and loggers that publish.
#include "check.hpp"

#include <string>
#include <utility>

using namespace std::chrono_literals;

static mimir::SubscriberOptions following(const mimir_publisher_statistics &ports) {
  mimir::SubscriberOptions options;
  options.host = "127.0.0.1";
  options.push_port = ports.push_port;
  options.router_port = ports.router_port;
  return options;
}

int main() {
  return check_main([] {
    mimir::StreamOptions stream;
    stream.push_port = stream.router_port = mimir::any_port;
    stream.maxlen = 100;

    mimir::Publisher publisher(stream);
    for (int i = 1; i <= 50; i++) {
      CHECK(publisher.publish("{\"i\": " + std::to_string(i) + "}") == std::uint64_t(i));
    }
    CHECK_THROWS(publisher.publish("no JSON"), MIMIR_ERROR_INVALID_JSON);
    mimir::Subscriber subscriber(following(publisher.stats()));
    std::uint64_t expected = 0;
    for (const auto &live : subscriber) {
      CHECK(live.sequence == ++expected);
      CHECK(live.text == "{\"i\":" + std::to_string(expected) + "}");
      if (expected == 50) break;
    }
    CHECK(!subscriber.next(50ms));
    CHECK(subscriber.stats().entries == 50);
    CHECK(std::string(subscriber.stats().run) == publisher.stats().run);
    mimir::Subscriber moved = std::move(subscriber);
    CHECK_THROWS(subscriber.next(0ms), MIMIR_ERROR_CLOSED);
    CHECK(publisher.publish("{\"last\":true}") == 51);
    const auto last = moved.next(10s);
    CHECK(last && last->sequence == 51 && last->text == "{\"last\":true}");
    moved.close();
    publisher.close();
    publisher.close();
    CHECK_THROWS(publisher.publish("{}"), MIMIR_ERROR_CLOSED);

    mimir::Options options;
    options.path = "stream.jsonl.gz";
    options.stream = stream;
    options.stream->maxlen = 10;
    mimir::Logger logger(options);
    for (int i = 1; i <= 1000; i++) logger.log({{"i", i}});
    mimir::SubscriberOptions late = following(logger.stream());
    late.past = mimir::Past::from;
    late.past_count = 500;
    mimir::Subscriber viewer(late);
    for (std::uint64_t i = 500; i <= 1000; i++) {
      const auto live = viewer.next(10s);
      if (!live || live->sequence != i) {
        CHECK(false);
        break;
      }
    }
    logger.close();
    options = {};
    mimir::Logger silent(options);
    CHECK_THROWS(silent.stream(), MIMIR_ERROR_INVALID_STATE);

    mimir::keygen("key");
    CHECK_THROWS(mimir::keygen("key"), MIMIR_ERROR_EXISTS);
    stream.key_file = "key";
    CHECK_THROWS(mimir::Publisher{stream}, MIMIR_ERROR_INVALID_ARGUMENT);
  });
}
