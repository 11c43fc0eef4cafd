/* The header needs nothing but itself, and can be included twice. */
#include <mimir.h>

#include "check.h"

int main(void) {
  CHECK(mimir_version_number() == MIMIR_VERSION_NUMBER);
  CHECK_TEXT(mimir_version_string(), MIMIR_VERSION_STRING);
  char version[32];
  snprintf(version, sizeof version, "%d.%d.%d", MIMIR_VERSION_MAJOR, MIMIR_VERSION_MINOR,
           MIMIR_VERSION_PATCH);
  CHECK_TEXT(MIMIR_VERSION_STRING, version);

  CHECK_TEXT(mimir_last_error(), "");
  CHECK_TEXT(mimir_status_string(MIMIR_OK), "MIMIR_OK");
  CHECK_TEXT(mimir_status_string(MIMIR_ERROR_INVALID_ARGUMENT), "MIMIR_ERROR_INVALID_ARGUMENT");
  CHECK_TEXT(mimir_status_string(MIMIR_ERROR_TIMED_OUT), "MIMIR_ERROR_TIMED_OUT");
  for (mimir_status status = MIMIR_ERROR_TIMED_OUT; status < 0; status++) {
    CHECK(strncmp(mimir_status_string(status), "MIMIR_ERROR_", 12) == 0);
  }
  CHECK_TEXT(mimir_status_string(1), "unknown status");
  CHECK_TEXT(mimir_status_string(MIMIR_ERROR_TIMED_OUT - 1), "unknown status");
  CHECK_TEXT(mimir_status_string(INT32_MIN), "unknown status");

  mimir_text text = MIMIR_TEXT("loss");
  CHECK(text.length == 4 && strcmp(text.data, "loss") == 0);
  return check_done();
}
