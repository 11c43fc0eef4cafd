/* mimir.hpp - the C++17 interface of Mimir, a logger for training runs. Header-only, over mimir.h.
 *
 *     mimir::Options options;
 *     options.path = "log.jsonl";
 *     mimir::Logger logger(options);
 *     for (int i = 0; i < 100; i++) {
 *       logger.log({{"iteration", i}, {"training_error", 1.0 / (i + 1)}});
 *     }
 *     logger.close();
 *
 * Rules that hold everywhere:
 *
 * - Objects are move-only and free what they hold; destructors never throw. An object that was
 *   moved from or closed throws MIMIR_ERROR_CLOSED when it is used.
 * - What fails throws mimir::Error, which has the mimir_status. One exception: a file that can't be
 *   written does not throw through a training loop, see mimir::OnError.
 * - Text is std::string_view, UTF-8.
 * - Thread safety and fork safety are those of the C object, see mimir/logger.h, entry.h, ring.h.
 */
#ifndef MIMIR_HPP
#define MIMIR_HPP

#include "mimir.h"

#include "mimir/error.hpp"

#include "mimir/entry.hpp"
#include "mimir/file.hpp"
#include "mimir/gzip_writer.hpp"
#include "mimir/logger.hpp"
#include "mimir/ndarray.hpp"
#include "mimir/publisher.hpp"
#include "mimir/reader.hpp"
#include "mimir/remote.hpp"
#include "mimir/ring.hpp"
#include "mimir/server.hpp"
#include "mimir/subscriber.hpp"

#endif /* MIMIR_HPP */
