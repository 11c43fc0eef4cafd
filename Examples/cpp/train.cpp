// Trains a small classifier of handwritten digits and logs how it goes.
//
//     train FOLDER        reads FOLDER/training.csv and validation.csv, writes FOLDER/cpp.jsonl
#include <iostream>
#include <mimir.hpp>

#include "digits.hpp"

namespace {

constexpr std::size_t iterations = 2000, batch = 32, log_every = 20, sample_every = 200;
constexpr double rate = 0.5;

void train(const std::string &folder) {
  const auto training = read_digits(folder + "/training.csv");
  const auto validation = read_digits(folder + "/validation.csv");
  if (training.size() < batch) throw std::runtime_error("training.csv is too short");

  mimir::Options options;
  options.path = folder + "/cpp.jsonl";
  options.maxlen = 10;
  mimir::Logger logger(options);

  Softmax model;
  mimir::Entry entry;
  for (std::size_t iteration = 1; iteration <= iterations; ++iteration) {
    const std::size_t first = (iteration - 1) * batch % (training.size() - batch + 1);
    const double gradient_norm = model.step(&training[first], batch, rate);
    if (iteration % log_every != 0) continue;
    entry.clear();
    entry.set({{"iteration", iteration},
               {"training_error", model.error(training)},
               {"validation_error", model.error(validation)},
               {"gradient_norm", gradient_norm}});
    if (iteration % sample_every == 0) {  // the first image that it gets wrong
      entry.array("sample", model.first_mistake(validation).image.data(), {8, 8});
    }
    logger.log(entry);
  }
  std::cout << "the last but one entry, from memory: " << logger[-2] << "\n";
  logger.close();
}

}  // namespace

int main(int count, char **arguments) {
  if (count != 2) {
    std::cerr << "usage: train FOLDER\n";
    return 2;
  }
  try {
    train(arguments[1]);
  } catch (const std::exception &error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
