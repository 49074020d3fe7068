/** Bisection halves the values of one variable, ordered, at the place where claims begin to fail. */
import type { At, Problems } from "../check/problems.ts";
import { type MapTree, type Tree, valueOf } from "../parse/tree.ts";
import type { WrittenAxis } from "./read_search.ts";

/** Reports a search that cannot be bisected. */
export function checkBisection(
  { entries, whole, axes, claims }: {
    readonly entries: MapTree["entries"];
    readonly whole: At;
    readonly axes: readonly WrittenAxis[];
    readonly claims: number;
  },
  problems: Problems,
): void {
  const [axis, another] = axes;
  const { key, value: tree } = entries.get("strategy")!;
  const strategy: At = { tree, path: "search.strategy", ...(key && { key }) };
  if (another !== undefined) {
    problems.atValue(
      "wrong-type",
      strategy,
      `\`bisect\` halves the values of one variable; there are ${axes.length}: ${
        axes.map(({ name }) => name).join(", ")
      }`,
      "strategy: tpe",
    );
  } else if (axis !== undefined && !isOrdered(axis.values)) {
    const message = `\`bisect\` needs numbers in order; \`${axis.name}\` has others`;
    problems.atValue("wrong-type", axis.at, message, "{ min: 0.1, max: 0.9, step: 0.05 }");
  }
  if (claims > 0) return;
  problems.atValue(
    "missing-field",
    whole,
    "`bisect` looks for the last value that satisfies a claim, and there is none",
    "where: result.accuracy >= teacher.accuracy - 1 point",
  );
}

/** Whether values are numbers, each above the one before, or each below. */
function isOrdered(trees: readonly Tree[]): boolean {
  const values = trees.map(valueOf);
  const follow = (fits: (before: number, after: number) => boolean) =>
    values.every((value, at) =>
      typeof value === "number" && (at === 0 || fits(values[at - 1] as number, value))
    );
  return follow((before, after) => before < after) || follow((before, after) => before > after);
}
