/** What the papers behind `recipes/papers/` report, beside what such a small run can show of it. */

/** A paper's figure. */
export interface Figure {
  /** What the paper found, with its data. */
  readonly paper: string;
  /** Where digits on two cores cannot show the paper's gain: what is claimed instead, and why. */
  readonly limit?: string;
}

/** By recipe. A recipe that is not here is run all the same, and its claims are printed. */
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
    limit: "500 labels in place of a large data set; claimed is only that each term does no harm",
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
};
