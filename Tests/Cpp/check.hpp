// check.hpp - check.h, and exceptions.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <mimir.hpp>

#include "../C/check.h"

template <class Body>
bool check_throws(mimir_status wanted, Body body, const char *file, int line, const char *text) {
  try {
    body();
  } catch (const mimir::Error &error) {
    if (!check_report(error.code() == wanted, file, line, text)) {
      printf("  threw %s: %s\n", mimir_status_string(error.code()), error.what());
      return false;
    }
    return check_report(*error.what() != 0, file, line, "what() says something");
  }
  return check_report(false, file, line, text);
}

#define CHECK_THROWS(expression, status) \
  check_throws((status), [&] { (void)(expression); }, __FILE__, __LINE__, #expression)
#define CHECK_SAME(got, wanted) \
  check_text(std::string(got).c_str(), (wanted), __FILE__, __LINE__, #got)

// What escapes is a failure that is told, not a crash.
template <class Body>
int check_main(Body body) {
  try {
    body();
  } catch (const std::exception &error) {
    printf("escaped: %s\n", error.what());
    check_failed++;
  }
  return check_done();
}

#endif
