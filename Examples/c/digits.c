#include "digits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool digits_read(const char *path, digit_set *set) {
  *set = (digit_set){NULL, 0};
  FILE *file = fopen(path, "r");
  if (file == NULL) return false;
  size_t capacity = 0;
  digit next;
  while (fscanf(file, "%d", &next.label) == 1 && next.label >= 0 && next.label < CLASSES) {
    for (size_t i = 0; i < PIXELS; i++) {
      if (fscanf(file, ",%lf", &next.pixels[i]) != 1) goto done;
    }
    if (set->count == capacity) {
      capacity = capacity == 0 ? 256 : 2 * capacity;
      digit *larger = realloc(set->digits, capacity * sizeof(digit));
      if (larger == NULL) goto done;
      set->digits = larger;
    }
    set->digits[set->count++] = next;
  }
done:;
  bool complete = feof(file) && set->count > 0;
  fclose(file);
  return complete;
}

static void softmax_scores(const softmax *model, const digit *image, double scores[CLASSES]) {
  for (size_t k = 0; k < CLASSES; k++) {
    scores[k] = model->bias[k];
    for (size_t i = 0; i < PIXELS; i++) {
      scores[k] += model->weights[k][i] * image->pixels[i];
    }
  }
}

static int softmax_guess(const softmax *model, const digit *image) {
  double scores[CLASSES];
  softmax_scores(model, image, scores);
  int best = 0;
  for (int k = 1; k < CLASSES; k++) {
    if (scores[k] > scores[best]) best = k;
  }
  return best;
}

double softmax_step(softmax *model, const digit *batch, size_t count, double rate) {
  softmax gradient = {0};
  for (const digit *image = batch; image < batch + count; image++) {
    double likelihood[CLASSES];
    softmax_scores(model, image, likelihood);
    double largest = likelihood[0], sum = 0;
    for (size_t k = 1; k < CLASSES; k++) {
      largest = fmax(largest, likelihood[k]);
    }
    for (size_t k = 0; k < CLASSES; k++) {
      likelihood[k] = exp(likelihood[k] - largest);
      sum += likelihood[k];
    }
    for (size_t k = 0; k < CLASSES; k++) {
      double slope = (likelihood[k] / sum - ((int)k == image->label)) / (double)count;
      gradient.bias[k] += slope;
      for (size_t i = 0; i < PIXELS; i++) gradient.weights[k][i] += slope * image->pixels[i];
    }
  }
  double squares = 0;
  for (size_t k = 0; k < CLASSES; k++) {
    squares += gradient.bias[k] * gradient.bias[k];
    model->bias[k] -= rate * gradient.bias[k];
    for (size_t i = 0; i < PIXELS; i++) {
      squares += gradient.weights[k][i] * gradient.weights[k][i];
      model->weights[k][i] -= rate * gradient.weights[k][i];
    }
  }
  return sqrt(squares);
}

double softmax_error(const softmax *model, const digit_set *set) {
  size_t mistakes = 0;
  for (size_t i = 0; i < set->count; i++) {
    mistakes += softmax_guess(model, &set->digits[i]) != set->digits[i].label;
  }
  return (double)mistakes / (double)set->count;
}

const digit *softmax_first_mistake(const softmax *model, const digit_set *set) {
  for (size_t i = 0; i < set->count; i++) {
    if (softmax_guess(model, &set->digits[i]) != set->digits[i].label) return &set->digits[i];
  }
  return set->digits;
}
