// mimir/nlohmann.hpp: JSON objects in and out.
#include <mimir/nlohmann.hpp>

#include "check.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using nlohmann::json;
using nlohmann::ordered_json;

static mimir::Logger memory(const std::string &path = {},
                            mimir::Nonfinite nonfinite = mimir::Nonfinite::null) {
  mimir::Options options;
  options.path = path;
  options.maxlen = 10;
  options.nonfinite = nonfinite;
  options.warnings = false;
  return mimir::Logger(options);
}

static ordered_json all_kinds() {
  return {{"z", 0.1},
          {"least", std::numeric_limits<std::int64_t>::min()},
          {"most", std::numeric_limits<std::uint64_t>::max()},
          {"yes", true},
          {"null", nullptr},
          {"text", std::string("a\"\\\b\f\n\r\t\x01 \xc3\xa4\0", 13)},
          {"list", {1, 1.0, -1e-5, "x", nullptr, false, {1, {{"k\n", 1e300}}}}},
          {"object", {{"y", 1e16}, {"x", ordered_json::object()}, {"w", ordered_json::array()}}},
          {"a", -0.0}};
}

static const char *const all_kinds_text =
    "{\"z\":0.1,\"least\":-9223372036854775808,\"most\":18446744073709551615,\"yes\":true,"
    "\"null\":null,\"text\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001 \xc3\xa4\\u0000\",\"list\":[1,1.0,"
    "-1e-05,\"x\",null,false,[1,{\"k\\n\":1e+300}]],\"object\":{\"y\":1e+16,\"x\":{},\"w\":[]},"
    "\"a\":-0.0}";

static void written() {
  mimir::Logger logger = memory();
  const ordered_json object = all_kinds();
  logger.log(object);
  CHECK_SAME(logger[-1], all_kinds_text);
  CHECK_SAME(mimir::dump(object), all_kinds_text);
  logger.log(json(object));  // sorts its keys
  CHECK(logger[-1].find("{\"a\":-0.0,\"least\":") == 0);
  CHECK(mimir::parse(logger[-1]) == json(object));

  json config{{"lr", 0.5}};
  json number = 3;
  mimir::Entry entry;
  entry.set("config", config).set("n", number).set({{"list", json{1, 2}}, {"s", config["lr"]}});
  entry.set("temporary", json{{"k", "v"}}).set(json{{"filled", 1}});
  logger.log(entry);
  CHECK_SAME(logger[-1],
             "{\"config\":{\"lr\":0.5},\"n\":3,\"list\":[1,2],\"s\":0.5,"
             "\"temporary\":{\"k\":\"v\"},\"filled\":1}");
  logger.log({{"iteration", 1}, {"config", config}, {"deep", {{"text", json("x")}}}});
  CHECK_SAME(logger[-1], "{\"iteration\":1,\"config\":{\"lr\":0.5},\"deep\":{\"text\":\"x\"}}");
  logger.log(json{{"bytes", json::binary({1, 2})}});
  CHECK_SAME(logger[-1], "{\"bytes\":{\"bytes\":[1,2],\"subtype\":null}}");
}

static json deep(int levels) {
  json value = 1;
  for (int i = 0; i < levels; i++) value = json::array({std::move(value)});
  return value;
}

static void refused() {
  mimir::Logger logger = memory();
  const json bad_text = "\xff", bad_key = {{"\xff", 1}};
  for (const json &bad : {bad_text, json{1, bad_text}, json{{"k", bad_text}}, bad_key}) {
    CHECK_THROWS(logger.log({{"i", 1}, {"k", bad}}), MIMIR_ERROR_INVALID_UTF8);
    CHECK_THROWS(logger.log(json{{"i", 1}, {"k", bad}}), MIMIR_ERROR_INVALID_UTF8);
    mimir::Entry entry;
    CHECK_THROWS(entry.set("k", bad), MIMIR_ERROR_INVALID_UTF8);
    entry.set("i", 2);
    mimir::Logger other = memory();
    other.log(entry);
    CHECK_SAME(other[-1], "{\"i\":2}");
  }
  CHECK_THROWS(logger.log(json{1, 2}), MIMIR_ERROR_INVALID_JSON);
  CHECK_THROWS(logger.log(json()), MIMIR_ERROR_INVALID_JSON);
  CHECK_THROWS(logger.log(json{{"k", deep(512)}}), MIMIR_ERROR_TOO_DEEP);
  CHECK_THROWS(logger.log(json{{"k", deep(100000)}}), MIMIR_ERROR_TOO_DEEP);
  CHECK_THROWS(logger.log(json{{"k", json(json::value_t::discarded)}}), MIMIR_ERROR_INVALID_JSON);
  CHECK(logger.stats().entries == 0);
  logger.log(json{{"k", deep(511)}});
  CHECK(mimir::parse(logger[-1]) == json({{"k", deep(511)}}));
}

// NaN and infinities come back from memory, from a file and from text, whatever the policy that keeps
// them.
static void nonfinite() {
  const auto check = [](const auto &entry) {
    CHECK(std::isnan(entry.at("loss").template get<double>()));
    CHECK(entry.at("list").at(1) == INFINITY && entry.at("list").at(2).at("a/b~") == -INFINITY);
    CHECK(entry.at("list").at(0) == 1 && entry.at("text") == "NaN, \"Infinity" &&
          entry.size() == 4);
    CHECK(entry.at("last") == -5);
  };
  const json object{{"loss", NAN},
                    {"list", {1, INFINITY, {{"a/b~", -INFINITY}}}},
                    {"text", "NaN, \"Infinity"},
                    {"last", -5}};
  for (const auto policy : {mimir::Nonfinite::tagged, mimir::Nonfinite::literal}) {
    const std::string path = policy == mimir::Nonfinite::tagged ? "tagged.jsonl" : "literal.jsonl";
    mimir::Logger logger = memory(path, policy);
    logger.log(object);
    check(mimir::parse(logger[-1]));
    check(mimir::parse<ordered_json>(logger[-1]));
    logger.close();
    mimir::Reader reader(path);
    for (const std::string_view text : reader) check(mimir::parse(text));
  }
  mimir::Logger logger = memory("null.jsonl");
  logger.log(object);
  CHECK(logger.stats().nonfinite == 3);
  CHECK_THROWS(memory("", mimir::Nonfinite::error).log(object), MIMIR_ERROR_NONFINITE);

  const char *const tagged =
      "{\"loss\":null,\"list\":[1,null,{\"a/b~\":null}],\"text\":\"NaN, \\\"Infinity\",\"last\":-5,"
      "\"__nonfinite__\":{\"/loss\":\"NaN\",\"/list/1\":\"Infinity\","
      "\"/list/2/a~1b~0\":\"-Infinity\"}}";
  check(mimir::parse(tagged));
  check(mimir::parse<ordered_json>(tagged));
  for (const char *other :
       {"{\"a\":1,\"__nonfinite__\":{\"/a\":\"NaN\"}}",
        "{\"a\":null,\"__nonfinite__\":{\"a\":\"NaN\"}}",
        "{\"a\":null,\"__nonfinite__\":{\"/a\":\"NaNs\"}}",
        "{\"a\":[],\"__nonfinite__\":{\"/a/-\":\"NaN\"}}",
        "{\"a\":null,\"__nonfinite__\":{\"/a\":\"NaN\",\"/b\":\"NaN\"}}", "{\"__nonfinite__\":{}}",
        "{\"a\":[null],\"__nonfinite__\":{\"/a/x\":\"NaN\"}}", "{\"__nonfinite__\":1}",
        "{\"a\":[null],\"__nonfinite__\":{\"/a/99999999999999999999\":\"NaN\"}}"}) {
    CHECK(mimir::parse(other) == json::parse(other));
  }
}

static void parsed() {
  CHECK(mimir::parse<ordered_json>(all_kinds_text) == all_kinds());
  CHECK_SAME(mimir::dump(mimir::parse<ordered_json>(all_kinds_text)), all_kinds_text);
  CHECK(std::isnan(mimir::parse(" NaN ").get<double>()));
  CHECK(mimir::parse("[-1,NaN,2e5]").dump() == "[-1,null,200000.0]");
  for (const char *text : {"", "{", "{\"a\":\xff}", "NaNs", "1NaN", "-NaN", "NaN5", "[1 NaN]",
                           "Nan", "--Infinity", "+Infinity", "\"NaN", "[\"NaN\\"}) {
    CHECK_THROWS(mimir::parse(text), MIMIR_ERROR_INVALID_JSON);
  }
}

static void elsewhere() {
  mimir::Ring ring(2);
  ring.push(mimir::dump(json{{"i", 1}}));
  CHECK(mimir::parse(ring[-1]) == json({{"i", 1}}));

  mimir::StreamOptions stream;
  stream.maxlen = 10;
  stream.push_port = stream.router_port = mimir::any_port;
  mimir::Publisher publisher(stream);
  publisher.publish(mimir::dump(json{{"loss", 0.5}}));
  mimir::SubscriberOptions options;
  options.host = "127.0.0.1";
  options.push_port = publisher.stats().push_port;
  options.router_port = publisher.stats().router_port;
  mimir::Subscriber subscriber(options);
  const auto live = subscriber.next(std::chrono::seconds(10));
  CHECK(live && mimir::parse(live->text) == json({{"loss", 0.5}}));

  mimir::Logger logger = memory("remote.jsonl");
  mimir::ServerOptions server_options;
  server_options.port = mimir::any_port;
  mimir::LogServer server(logger, server_options);
  mimir::RemoteOptions client;
  client.host = "127.0.0.1";
  client.port = server.stats().port;
  client.memory_only = true;
  mimir::RemoteLogger remote(client);
  remote.log(ordered_json{{"b", 1}, {"a", {1, 2}}});
  CHECK_THROWS(remote.log(json(1)), MIMIR_ERROR_INVALID_JSON);
  CHECK(remote.close(std::chrono::seconds(10)) == 0);
  CHECK(logger[-1].find("{\"b\":1,\"a\":[1,2],\"remote_log\":") == 0);
  CHECK(mimir::parse(logger[-1])["a"] == json({1, 2}));
}

int main() {
  return check_main([] {
    written();
    refused();
    nonfinite();
    parsed();
    elsewhere();
  });
}
