/* The data and the model of the demo: handwritten digits and a softmax classifier. */
#ifndef DIGITS_H
#define DIGITS_H

#include <stdbool.h>
#include <stddef.h>

enum { PIXELS = 64, CLASSES = 10 };

typedef struct {
  double pixels[PIXELS]; /* grey values, 0 to 1, row by row */
  int label;
} digit;

typedef struct {
  digit *digits;
  size_t count;
} digit_set;

typedef struct {
  double weights[CLASSES][PIXELS];
  double bias[CLASSES];
} softmax;

/* Reads lines of label,pixel,pixel,...; false when the file is not there or not like that. */
bool digits_read(const char *path, digit_set *set);

/* Takes one step down the gradient of the cross entropy over count digits; returns its norm. */
double softmax_step(softmax *model, const digit *batch, size_t count, double rate);

/* The share of digits that the model takes for another one. */
double softmax_error(const softmax *model, const digit_set *set);

/* The first digit that the model takes for another one; the first of all when there is none. */
const digit *softmax_first_mistake(const softmax *model, const digit_set *set);

#endif
