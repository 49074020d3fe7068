/** Everything that the self-test of native kernels computes. A new native kernel needs a case that runs it. */
import type { SelfTestCases } from "../drawn.ts";
import { convolutionCases } from "./convolutions.ts";
import { elementwiseCases } from "./elementwise.ts";
import { integerCases } from "./integers.ts";
import { productCases } from "./products.ts";
import { sequenceCases } from "./sequences.ts";
import { statisticsCases } from "./statistics.ts";
import { updateCases } from "./updates.ts";

/** Cases by name. */
export const CASES: SelfTestCases = {
  ...productCases,
  ...convolutionCases,
  ...statisticsCases,
  ...elementwiseCases,
  ...sequenceCases,
  ...updateCases,
  ...integerCases,
};
