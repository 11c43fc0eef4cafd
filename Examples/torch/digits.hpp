// The data of the demo, handwritten digits, as tensors.
#pragma once

#include <torch/torch.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

struct Digits {
  torch::Tensor images;  // one row of 64 grey values, 0 to 1, per image
  torch::Tensor labels;
};

// Reads lines of label,pixel,pixel,...
inline Digits read_digits(const std::string &path) {
  constexpr int pixels = 64, classes = 10;
  std::ifstream file(path);
  std::vector<float> images;
  std::vector<std::int64_t> labels;
  std::int64_t label = 0;
  while (file >> label) {
    float pixel = 0;
    char comma = 0;
    for (int i = 0; i < pixels && file >> comma >> pixel; i++) images.push_back(pixel);
    if (!file || label < 0 || label >= classes) break;
    labels.push_back(label);
  }
  if (!file.eof() || labels.empty() || images.size() != labels.size() * pixels) {
    throw std::runtime_error(path + " is missing or damaged");
  }
  return {torch::tensor(images).view({-1, pixels}), torch::tensor(labels)};
}
