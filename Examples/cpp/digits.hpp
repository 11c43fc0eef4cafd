// The data and the model of the demo: handwritten digits and a softmax classifier.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

constexpr std::size_t pixels = 64, classes = 10;

struct Digit {
  std::array<double, pixels> image;  // grey values, 0 to 1, row by row
  std::size_t label;
};

// Reads lines of label,pixel,pixel,...
inline std::vector<Digit> read_digits(const std::string &path) {
  std::ifstream file(path);
  std::vector<Digit> digits;
  Digit next{};
  while (file >> next.label) {
    for (double &pixel : next.image) {
      char comma = 0;
      file >> comma >> pixel;
    }
    if (!file || next.label >= classes) break;
    digits.push_back(next);
  }
  if (!file.eof() || digits.empty()) throw std::runtime_error(path + " is missing or damaged");
  return digits;
}

// A linear classifier: ten weight images and a bias each, trained by gradient descent.
class Softmax {
 public:
  // Takes one step down the gradient of the cross entropy; returns the gradient's norm.
  double step(const Digit *batch, std::size_t count, double rate) {
    Softmax gradient;
    for (const Digit *digit = batch; digit != batch + count; ++digit) {
      auto likelihood = scores(digit->image);
      const double largest = *std::max_element(likelihood.begin(), likelihood.end());
      double sum = 0;
      for (double &value : likelihood) sum += value = std::exp(value - largest);
      for (std::size_t k = 0; k < classes; ++k) {
        const double hit = k == digit->label ? 1 : 0;
        const double slope = (likelihood[k] / sum - hit) / static_cast<double>(count);
        gradient.bias_[k] += slope;
        for (std::size_t i = 0; i < pixels; ++i) gradient.weights_[k][i] += slope * digit->image[i];
      }
    }
    double squares = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      squares += gradient.bias_[k] * gradient.bias_[k];
      bias_[k] -= rate * gradient.bias_[k];
      for (std::size_t i = 0; i < pixels; ++i) {
        squares += gradient.weights_[k][i] * gradient.weights_[k][i];
        weights_[k][i] -= rate * gradient.weights_[k][i];
      }
    }
    return std::sqrt(squares);
  }

  bool is_mistaken(const Digit &digit) const {
    const auto all = scores(digit.image);
    return std::max_element(all.begin(), all.end()) - all.begin() !=
           static_cast<std::ptrdiff_t>(digit.label);
  }

  // The share of digits that it takes for another one.
  double error(const std::vector<Digit> &digits) const {
    const auto mistakes = std::count_if(digits.begin(), digits.end(),
                                        [this](const Digit &digit) { return is_mistaken(digit); });
    return static_cast<double>(mistakes) / static_cast<double>(digits.size());
  }

  // The first digit that it takes for another one; the first of all when there is none.
  const Digit &first_mistake(const std::vector<Digit> &digits) const {
    const auto found = std::find_if(digits.begin(), digits.end(),
                                    [this](const Digit &digit) { return is_mistaken(digit); });
    return found == digits.end() ? digits.front() : *found;
  }

 private:
  std::array<double, classes> scores(const std::array<double, pixels> &image) const {
    auto result = bias_;
    for (std::size_t k = 0; k < classes; ++k) {
      for (std::size_t i = 0; i < pixels; ++i) result[k] += weights_[k][i] * image[i];
    }
    return result;
  }

  std::array<std::array<double, pixels>, classes> weights_{};
  std::array<double, classes> bias_{};
};
