/* mimir/file.hpp - work on log files as a whole. Include <mimir.hpp>. */
#ifndef MIMIR_FILE_HPP
#define MIMIR_FILE_HPP

#include "file.h"

#include "error.hpp"
#include "options.hpp"

#include <cstdint>
#include <cstring>
#include <string>

namespace mimir {

/* Copies a log, plain or gzip, also one that is being written. The copy is a complete log of its own,
 * with every entry that was logged before the call. Throws MIMIR_ERROR_EXISTS when to is there and
 * is not to be overwritten.
 * @since 0.1.0 */
inline void copy(const std::string &from, const std::string &to, bool overwrite = false) {
  detail::check(
      mimir_copy(detail::c_path(from), detail::c_path(to), overwrite ? MIMIR_COPY_OVERWRITE : 0));
}

/* What a repair has done.
 * @since 0.1.0 */
struct RepairReport {
  bool healthy = false;                /* nothing was wrong, and nothing was changed */
  std::uint64_t entries = 0;           /* entries that the log holds now */
  std::uint64_t uncertain_entries = 0; /* of a damaged stretch: they look right, but may be wrong */
  std::uint64_t lines_left_out = 0;    /* lines, or pieces of them, that are no whole entry */
  std::uint64_t bytes_left_out = 0;    /* their bytes, and those of which nothing could be read */
  std::string original{};              /* where the damaged file is now; empty when healthy */
};

/* Saves what can be read of a damaged log; the damaged file stays beside it as NAME.damaged.
 * @since 0.1.0 */
inline RepairReport repair(const std::string &path) {
  mimir_repair_report c = MIMIR_REPAIR_REPORT_INIT;
  detail::check(mimir_repair(detail::c_path(path), &c));
  RepairReport report;
  report.healthy = c.healthy != 0;
  report.entries = c.entries;
  report.uncertain_entries = c.uncertain_entries;
  report.lines_left_out = c.lines_left_out;
  report.bytes_left_out = c.bytes_left_out;
  if (c.original) report.original = detail::take(c.original, std::strlen(c.original));
  return report;
}

}  // namespace mimir

#endif /* MIMIR_FILE_HPP */
