/** An entry of `steps` as a draft. */
import type { Draft } from "./draft.ts";
import { stageName } from "./draft.ts";
import type { Written } from "./drafts.ts";
import { type Block, splitInputs } from "./split_inputs.ts";
import { child } from "../parse/tree.ts";

/** The draft of an entry; of one in which nothing is sound (`null`) as much as is known. */
export function stepDraft(
  step: Block | null,
  at: { readonly path: string; readonly broken: boolean },
  { root, ops }: Written,
  scope: { readonly seed: number; readonly teachers: readonly string[] },
): Draft {
  if (step === null) {
    // Nothing sound is left of it, but its name is still meant by steps below.
    const tree = root.type === "map" ? root.entries.get("steps")!.value : root;
    const item = tree.type === "list" ? tree.items[Number(at.path.split(".")[1])] : tree;
    const said = (field: string) => {
      const value = child(item, field);
      return value?.type === "scalar" && typeof value.value === "string" ? value.value : undefined;
    };
    const op = said("op") ?? "";
    return { op, name: said("as") ?? stageName(op, ops), inputs: {}, params: {}, ...at, ...scope };
  }
  const { op, as, ...rest } = step as Block & { op: string; as?: string };
  return {
    op,
    ...(as !== undefined && { name: as }),
    ...splitInputs(rest, op, ops),
    ...at,
    ...scope,
  };
}
