/** The ops that a recipe may name, in the order in which a recipe meets them. */
import type { AnyOp } from "../engine/op.ts";
import { cluster } from "./cluster/cluster.ts";
import { data } from "./data/data.ts";
import { subset } from "./data/subset.ts";
import { choose } from "./distill/choose.ts";
import { distill } from "./distill/distill.ts";
import { ensemble } from "./distill/ensemble.ts";
import { mutual } from "./distill/mutual.ts";
import { pick } from "./distill/pick.ts";
import { predict } from "./learn/predict.ts";
import { evaluate } from "./evaluate/evaluate.ts";
import { measure } from "./evaluate/measure.ts";
import { exportFiles } from "./formats/export.ts";
import { build } from "./formats/model.ts";
import { load } from "./formats/load.ts";
import { part } from "./model/part.ts";
import { prune } from "./prune/prune.ts";
import { quantize } from "./quantize/quantize.ts";
import { replace } from "./replace/replace.ts";
import { head } from "./transfer/head.ts";
import { train } from "./learn/train.ts";

/** Every op that ships. */
export const ops = [
  data,
  subset,
  build,
  load,
  head,
  train,
  predict,
  replace,
  distill,
  mutual,
  pick,
  choose,
  ensemble,
  part,
  prune,
  cluster,
  quantize,
  evaluate,
  measure,
  exportFiles,
] as const satisfies readonly AnyOp[];
