/** What is written alike in many fields, and has no field of its name: told by `decant ops` and in the reference. */

/** A way of writing that many fields share. */
interface Topic {
  readonly name: string;
  readonly description: string;
  /** Lines of a recipe. */
  readonly example: string;
}

/** The topics. */
export const topics: readonly Topic[] = [
  {
    name: "selectors",
    description:
      "Strings that name layers of the model at that point: a layer (`stage2.block1.conv1`), a group (`stage2`: all " +
      "in it), a pattern in which `*` stands for any characters (quoted where it comes first), `type:` with one of " +
      "`conv depthwise pointwise dense attention embedding recurrent batchnorm`, `at:first`, `at:last`, `before:` " +
      "with any of these (the layers above the first that it names). A list is their union; `layers` less `exclude` " +
      "are meant. One that matches nothing is an error. `decant layers RECIPE [MODEL] [SELECTOR]` prints what matches",
    example: 'freeze: [stem, "stage1.*", "type:batchnorm"]',
  },
  {
    name: "curves",
    description:
      "A number that changes over a training: of `learning_rate`, `weight` and other factors of a loss term, its " +
      "`temperature`, and `ratio` of `prune`. A plain number stays. Else `{ use, start, end }` with `linear`, `cosine`, `cubic` (Zhu & Gupta) or " +
      "`exponential`, from the first to the last epoch of `epochs: [first, last]` (default: the whole training) and " +
      "constant outside, after a rise from 0 in the first `warmup` epochs; or `{ use: step, start, factor, at: " +
      "[epochs] }`. `temperature` of `soft-targets` also takes `{ use: flsw, base, beta, gamma }` and `{ use: cwsm, " +
      "base, beta }`, a temperature for each sample",
    example: "learning_rate: { use: cosine, start: 0.1, end: 0, warmup: 1 }",
  },
  {
    name: "claims",
    description:
      "A metric of a model, `<=`, `>=`, `<`, `>` or `=` with blanks around it, and another metric or a number with " +
      "its unit. Fractions are in `%`, their differences in `points`. One that is not met ends the run with exit " +
      "code 3",
    example: "expect: [result.accuracy >= model.accuracy - 1 point, result.bytes <= 100 kB]",
  },
  {
    name: "sources",
    description:
      "A path relative to the recipe, an https URL with an optional `#sha256=` of its content, or " +
      "`npm:package@1.2.3/path`",
    example: "teacher: { from: ./model.onnx }",
  },
];
