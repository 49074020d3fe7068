/** A first recipe for people to change: every stage that the demo has, each with a comment on what it decides. */

/** The text of a starter recipe of this name. */
export function starterRecipe(name: string): string {
  return `# What to compress and how. Try:  decant check, plan, run  with this file.
decant: 1
name: ${name}
description: A CNN teaches a small MobileNet to read digits; half its channels go, int8 stays.

# The samples. Your own: { from: ./folder/, format: idx } or { from: ./table.csv }
data: digits

# Who is imitated. A model that you have: { from: ./model.json }
teacher:
  use: cnn
  filters: [32, 64]
  dense: 128
  train:
    epochs: 6
    augment: { use: shift, pixels: 2 }

# Who learns and is shipped.
student: { use: mobilenet-v1, depth: 6, width: 0.5 }

# The student learns from the labels and from the teacher's probabilities.
distill:
  epochs: 6
  optimizer: { use: adam, learning_rate: { use: cosine, start: 0.004, end: 0 } }

# Whole channels go, and what is left learns once more. Leave out what you do not need.
prune:
  granularity: channel
  ratio: 0.5
  finetune:
    epochs: 8
    optimizer: { use: adam, learning_rate: { use: cosine, start: 0.004, end: 0 } }

# Weights, and the values between layers, as integers of eight bits.
quantize: int8

# Files that the result is written to, beside the report.
export: tfjs

# What must be true in the end: exit code 3 where it is not.
expect:
  - result.accuracy >= teacher.accuracy - 2 points
  - result.bytes <= teacher.bytes / 20
`;
}
