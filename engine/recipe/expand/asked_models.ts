/** Models that are asked about what others make. */
import type { OpSet } from "../../op.ts";
import type { Step } from "../recipe.ts";
import { visit } from "../check/visit.ts";

/** The name of every parameter that names one. */
const THROUGH = "through";

/** Names that stand in some parameter `through`: those models read what others make, not the recipe's data. */
export function askedModels(steps: readonly Step[], ops: OpSet): ReadonlySet<string> {
  const asked = new Set<string>();
  for (const { op, params } of steps) {
    const schema = ops.get(op)?.params;
    if (schema === undefined) continue;
    for (const { form, value, path } of visit(schema, params)) {
      const named = form.form === "reference" && path.split(".").at(-1) === THROUGH;
      if (named && typeof value === "string") asked.add(value);
    }
  }
  return asked;
}
