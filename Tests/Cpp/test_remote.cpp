// The log server and its clients.
#include "check.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;

int main() {
  return check_main([] {
    mimir::Options log;
    log.path = "remote.jsonl";
    log.maxlen = 100;
    mimir::Logger logger(log);
    mimir::ServerOptions options;
    options.port = mimir::any_port;
    std::string heard;  // on the server's thread, read after it has been closed
    options.on_entry = [&heard](std::string_view text) {
      heard.append(text.substr(0, text.find(','))).append(" ");
      throw std::runtime_error("must not get out");
    };
    mimir::LogServer server(logger, options);
    options.on_entry = nullptr;
    CHECK(!server.wait(10ms));

    mimir::RemoteOptions client;
    client.host = "127.0.0.1";
    client.port = server.stats().port;
    client.name = "trainer";
    client.spool = "spool";
    client.rank = 2;
    mimir::RemoteLogger remote(client);
    remote.log({{"iteration", 1}, {"loss", 0.5}});
    mimir::Entry entry;
    entry.set("iteration", 2);
    remote.log(entry);
    const mimir_text key = MIMIR_TEXT("loss");
    const double value = 0.25;
    remote.log_doubles(&key, &value, 1);
    remote.log_json("{\"last\": true}");
    CHECK_THROWS(remote.log_json("no JSON"), MIMIR_ERROR_INVALID_JSON);
    remote.flush(10s);
    CHECK(remote.stats().stored == 4);
    CHECK(logger[0].find("{\"iteration\":1,\"loss\":0.5,\"remote_log\":\"trainer\",\"rank\":2,") ==
          0);
    CHECK(logger[3].find("{\"last\":true,") == 0);
    mimir::RemoteLogger moved = std::move(remote);
    CHECK_THROWS(remote.log_json("{}"), MIMIR_ERROR_CLOSED);
    CHECK(moved.close(5s) == 0);
    CHECK(moved.close(5s) == 0);
    CHECK(server.wait(10s));
    mimir::LogServer moved_server = std::move(server);
    moved_server.close();
    moved_server.close();
    CHECK_SAME(heard, "{\"iteration\":1 {\"iteration\":2 {\"loss\":0.25 {\"last\":true ");
    CHECK_THROWS(server.stats(), MIMIR_ERROR_CLOSED);

    {
      mimir::RemoteLogger absent(client);
      absent.log({{"late", true}});
    }  // what it has logged stays in the spool
    CHECK_THROWS(mimir::send_spools(client, 50ms), MIMIR_ERROR_TIMED_OUT);
    options.port = client.port;
    mimir::LogServer again(logger, options);
    const mimir_spool_report report = mimir::send_spools(client, 10s);
    CHECK(report.spools == 1 && report.entries == 1);
    CHECK(logger[-1].find("{\"late\":true,\"remote_log\":\"trainer\"") == 0);
    options.client_timeout = 1ms;
    CHECK_THROWS(mimir::LogServer(logger, options), MIMIR_ERROR_INVALID_ARGUMENT);
  });
}
