// Trains a small network on handwritten digits with libtorch and logs how it goes.
//
//     train FOLDER        reads FOLDER/training.csv and validation.csv, writes FOLDER/torch.jsonl.gz
#include <torch/torch.h>

#include <iostream>
#include <mimir.hpp>
#include <mimir/torch.hpp>

#include "digits.hpp"

namespace {

constexpr std::int64_t iterations = 1000, batch = 64, log_every = 20, sample_every = 200;
constexpr double rate = 0.1;

struct Network : torch::nn::Module {
  Network() {
    hidden = register_module("hidden", torch::nn::Linear(64, 32));
    output = register_module("output", torch::nn::Linear(32, 10));
  }
  torch::Tensor forward(const torch::Tensor &images) { return output(torch::relu(hidden(images))); }

  torch::nn::Linear hidden{nullptr}, output{nullptr};
};

void train(const std::string &folder) {
  torch::manual_seed(2026);
  const Digits training = read_digits(folder + "/training.csv");
  const Digits validation = read_digits(folder + "/validation.csv");
  Network network;
  torch::optim::SGD optimizer(network.parameters(), rate);

  mimir::Options options;
  options.path = folder + "/torch.jsonl.gz";
  options.maxlen = 1;
  mimir::Logger logger(options);
  mimir::Entry entry;

  for (std::int64_t iteration = 1; iteration <= iterations; ++iteration) {
    const auto picked = torch::randint(training.labels.size(0), {batch});
    const auto scores = network.forward(training.images.index_select(0, picked));
    const auto loss =
        torch::nn::functional::cross_entropy(scores, training.labels.index_select(0, picked));
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    if (iteration % log_every != 0) continue;

    const torch::NoGradGuard no_grad;
    const auto guesses = network.forward(validation.images).argmax(1);
    const auto is_right = guesses == validation.labels;
    entry.clear();
    entry.set({{"iteration", iteration},
               {"loss", loss},
               {"validation_accuracy", is_right.to(torch::kDouble).mean()}});
    entry.begin_object("gradient_norm");
    for (const auto &parameter : network.named_parameters()) {
      entry.set(parameter.key(), parameter.value().grad().norm());
    }
    entry.end_object();
    if (iteration % sample_every == 0) {  // the first image that it gets wrong
      const auto first = is_right.to(torch::kInt).argmin();
      entry.set({{"sample", validation.images[first.item<std::int64_t>()].view({8, 8})},
                 {"guess", guesses.index({first})}});
    }
    logger.log(entry);
  }
  logger.log({{"trained", iterations}, {"output.weight", network.output->weight}});
  std::cout << "the last entry, from memory: " << logger[-1].substr(0, 80) << "...\n";
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
