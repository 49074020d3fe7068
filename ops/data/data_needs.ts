/** The memory that a data set takes, as far as a recipe alone decides it. */
import type { Need } from "../../engine/op.ts";
import { DIGIT_COUNT } from "./digits.ts";
import type { WrittenData } from "./data_fields.ts";
import { NAME_COUNT } from "./text/names.ts";
import { MAIL_COUNT } from "./text/spam.ts";

/** Token numbers and floats have 32 bits. */
const WIDE = 4;
/** Samples are held as they are divided, and once more as they are stored. */
const KEPT = 2;

const counts = { names: NAME_COUNT, spam: MAIL_COUNT } as const;

/** What a data set needs; undefined where its files decide it. */
export function needOf(params: WrittenData): Need | undefined {
  if ("from" in params) return undefined;
  if (params.use === "latent") {
    const { count, size } = params;
    return {
      bytes: (1 + KEPT) * WIDE * count * size,
      what: `${count} vectors of ${size} numbers`,
      path: "count",
      help: "fewer vectors, or smaller ones",
    };
  }
  if (params.use === "names" || params.use === "spam") {
    // Windows of a running text are as many as it has tokens, however long they are.
    if (params.task === "next-token") return undefined;
    return textNeed(kept(counts[params.use], params), params.text.length);
  }
  if (params.use !== "digits" || params.resize === undefined) return undefined;
  const shape = [...params.resize, params.color === "rgb" ? 3 : 1];
  return pictureNeed(DIGIT_COUNT, kept(DIGIT_COUNT, params), shape);
}

/** Texts as rows of token numbers. */
export function textNeed(count: number, length: number): Need {
  return {
    bytes: KEPT * WIDE * count * length,
    what: `${count} samples of ${length} tokens`,
    path: "text.length",
    help: "a smaller text.length",
  };
}

/** Pictures, all as they are read and those that are kept. */
export function pictureNeed(count: number, kept: number, shape: readonly number[]): Need {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return {
    bytes: (count + KEPT * kept) * size,
    what: `${count} pictures of ${shape.join("×")}`,
    path: "resize",
    help: "resize: [height, width] with fewer pixels",
  };
}

/** Of so many samples those that the parts keep. */
function kept(
  count: number,
  { limit = count, split }: Pick<Exclude<WrittenData, { use: "latent" }>, "limit" | "split">,
): number {
  const apart = Math.round(count * split.validation) + Math.round(count * split.test);
  return Math.min(limit, count - apart) + apart;
}
