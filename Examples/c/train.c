/* Trains a small classifier of handwritten digits and logs how it goes.
 *
 *     train FOLDER        reads FOLDER/training.csv and validation.csv, writes FOLDER/c.jsonl
 */
#include <mimir.h>
#include <stdio.h>
#include <stdlib.h>

#include "digits.h"

enum { ITERATIONS = 2000, BATCH = 32, LOG_EVERY = 20, SAMPLE_EVERY = 200 };
static const double rate = 0.5;

static void fill(mimir_entry *entry, int64_t iteration, double gradient_norm, const softmax *model,
                 const digit_set *training, const digit_set *validation) {
  mimir_entry_clear(entry);
  mimir_entry_set_int64(entry, MIMIR_KEY("iteration"), iteration);
  mimir_entry_set_double(entry, MIMIR_KEY("training_error"), softmax_error(model, training));
  mimir_entry_set_double(entry, MIMIR_KEY("validation_error"), softmax_error(model, validation));
  mimir_entry_set_double(entry, MIMIR_KEY("gradient_norm"), gradient_norm);
  if (iteration % SAMPLE_EVERY == 0) { /* the first image that it gets wrong */
    const size_t shape[] = {8, 8};
    const digit *wrong = softmax_first_mistake(model, validation);
    mimir_entry_set_array(entry, MIMIR_KEY("sample"), wrong->pixels, MIMIR_DTYPE_FLOAT64, shape, 2,
                          MIMIR_ORDER_C);
  }
}

static int train(const char *folder, const digit_set *training, const digit_set *validation) {
  char path[4096];
  snprintf(path, sizeof path, "%s/c.jsonl", folder);
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.path = path;
  options.maxlen = 10;
  mimir_logger *logger;
  if (mimir_logger_open(&options, &logger) != MIMIR_OK) {
    fprintf(stderr, "%s\n", mimir_last_error());
    return 1;
  }

  softmax model = {0};
  mimir_entry *entry = mimir_entry_new();
  for (size_t iteration = 1; iteration <= ITERATIONS; iteration++) {
    size_t first = (iteration - 1) * BATCH % (training->count - BATCH + 1);
    double gradient_norm = softmax_step(&model, training->digits + first, BATCH, rate);
    if (iteration % LOG_EVERY != 0) continue;
    fill(entry, (int64_t)iteration, gradient_norm, &model, training, validation);
    if (mimir_logger_log(logger, entry) != MIMIR_OK) fprintf(stderr, "%s\n", mimir_last_error());
  }
  mimir_entry_free(entry);

  char *text;
  size_t length;
  if (mimir_logger_get(logger, -2, &text, &length) == MIMIR_OK) {
    printf("the last but one entry, from memory: %s\n", text);
    mimir_free(text);
  }
  return mimir_logger_close(logger) == MIMIR_OK ? 0 : 1;
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: train FOLDER\n");
    return 2;
  }
  char path[4096];
  digit_set training, validation;
  snprintf(path, sizeof path, "%s/training.csv", arguments[1]);
  bool complete = digits_read(path, &training) && training.count >= BATCH;
  snprintf(path, sizeof path, "%s/validation.csv", arguments[1]);
  complete = digits_read(path, &validation) && complete;
  int status = 1;
  if (complete) {
    status = train(arguments[1], &training, &validation);
  } else {
    fprintf(stderr, "training.csv or validation.csv is missing or damaged in %s\n", arguments[1]);
  }
  free(training.digits);
  free(validation.digits);
  return status;
}
