/** What the papers behind `recipes/papers/` report, beside what such a small run can show of it. */

/** A paper's figure. */
export interface Figure {
  /** What the paper found, with its data. */
  readonly paper: string;
  /** Where digits on two cores cannot show the paper's gain: what is claimed instead, and why. */
  readonly limit?: string;
}

/** By recipe: every recipe of `recipes/papers/` has one. */
export const figures: Readonly<Record<string, Figure>> = {
  "soft-targets": { paper: "MNIST, 784-800-800-10: 146 test errors from labels, 74 from T = 20" },
  "omitted-digit": {
    paper: "MNIST without threes: 86.8 % of threes right, 98.6 % with their bias raised",
  },
  "logit-matching": {
    paper: "TIMIT, a shallow net: 23.6 % errors from labels, 20.0 % from logits",
  },
  fitnets: {
    paper: "CIFAR-10: teacher 90.2 %, thin deep student 91.6 %",
    limit: "digits are too easy for a gain; the two stages do no harm",
  },
  fsp: {
    paper: "CIFAR-10: 8 layers 87.9 % alone, 88.7 % led by 26 layers",
    limit: "digits are too easy for a gain; the two stages do no harm",
  },
  relations: {
    paper: "CIFAR-100, wrn16-2: 73.26 % alone; SP 73.83, RKD 73.35, PKT 74.54, CC 73.56",
    limit: "500 labels in place of a large data set; each term is above labels alone",
  },
  mutual: {
    paper: "CIFAR-100, two ResNet-32: 68.99 % alone, 71.19 and 70.75 % together",
    limit: "the gain has not been seen at this size; it does no harm",
  },
  "born-again": {
    paper:
      "CIFAR-100, DenseNet: generations err less than their teachers, the third 15.5 % as ensemble",
    limit: "a small network gains nothing; a chain of generations loses nothing",
  },
  gradual: {
    paper:
      "ImageNet, MobileNet, cut little by little: 70.6 % whole, 67.7 with 75 % gone, 61.8 with 90 %",
  },
  "global-or-layer": {
    paper:
      "ImageNet, AlexNet, a threshold for each layer: 89 % gone without loss once it has learned",
  },
  "lottery-ticket": {
    paper:
      "MNIST, LeNet-300-100: down to 3.6 % of the weights the ticket equals the whole, others do not",
  },
  "deep-compression": {
    paper: "MNIST, LeNet-300-100: 1070 KB to 27 KB (40 times), errors 1.64 to 1.58 %",
  },
  "deep-compression-lenet5": {
    paper: "MNIST, LeNet-5: 1720 KB to 44 KB (39 times), errors 0.80 to 0.74 %",
  },
  quantization: {
    paper:
      "ImageNet, MobileNet v1, 8 bits: 0.1 % with a scale per layer, 59.1 per channel, 70.9 in float",
    limit: "a dense network loses nothing at 8 bits either way; the same gap is at 2 bits",
  },
  qat: {
    paper:
      "ImageNet, MobileNet v1, 4-bit weights per channel: 0.1 % rounded afterwards, 65 % in training",
    limit: "at 4 bits digits lose nothing; the same gap is at 2 bits",
  },
  "low-rank": {
    paper: "ImageNet: half the cost of a convolutional network within 1 % of its accuracy",
  },
  separable: {
    paper: "ImageNet: 71.7 % with full convolutions (4,866 M), 70.6 % with separable ones (569 M)",
  },
  assistants: {
    paper:
      "CIFAR-10, ResNet-110 to ResNet-8: 88.65 % directly, 88.98 % by way of ResNet-20, 88.52 % alone",
    limit: "sixteen units learn most from labels; a model in between does no further harm",
  },
  dkd: {
    paper:
      "CIFAR-100, ResNet-56 to ResNet-20: 69.06 % alone, 70.66 by soft targets, 71.97 decoupled",
  },
  decoder: {
    paper: "MNIST, a DCGAN's generator 1,669 times smaller draws what its teacher drew",
    limit: "a decoder in place of a generator, a sixteenth of its bytes",
  },
  gan: {
    paper: "MNIST, a DCGAN's generator 1,669 times smaller draws what its teacher drew",
    limit:
      "a small generator, its digits at a Fréchet distance of 19 from real ones (untrained 877, real ones among " +
      "themselves 0.8), and one an eighth as wide",
  },
};
