/** A recipe that starts from another: maps merge by key, `null` removes, everything else replaces. */
import { TRAIN } from "../words/language.ts";
import type { Entry, MapTree, Tree } from "../parse/tree.ts";

/** What is never inherited. */
const own = new Set(["name", "description", "extends"]);

/** A recipe over the one it extends. */
export function inherit(parent: MapTree, child: MapTree): MapTree {
  const entries = new Map([...parent.entries].filter(([name]) => !own.has(name)));
  return merge({ ...parent, entries }, child);
}

function merge(parent: MapTree, child: MapTree): MapTree {
  const entries = new Map<string, Entry>(parent.entries);
  for (const [name, entry] of child.entries) {
    const inherited = parent.entries.get(name);
    if (inherited !== undefined && isNull(entry.value)) entries.delete(name);
    else entries.set(name, { ...entry, value: over(inherited?.value, entry.value) });
  }
  return { ...child, entries };
}

/** What the stage in which a student is taught says of the student alone. */
const students = new Set(["guidance", "teacher"]);

/** What an assistant's training leaves out is the student's: the block of that stage stands behind its `train`. */
export function completeAssistants(root: MapTree, taught: string | undefined): MapTree {
  const entry = root.entries.get("assistant");
  const stage = taught === undefined ? undefined : root.entries.get(taught)?.value;
  if (entry === undefined || stage?.type !== "map") return root;
  const entries = new Map([...stage.entries].filter(([name]) => !students.has(name)));
  const behind: MapTree = { ...stage, entries };
  const complete = (assistant: Tree): Tree => {
    if (assistant.type !== "map" || isMade(assistant)) return assistant;
    const train = assistant.entries.get(TRAIN);
    const value = over(behind, train?.value ?? { ...behind, entries: new Map() });
    return {
      ...assistant,
      entries: new Map([...assistant.entries, [TRAIN, { ...train, value }]]),
    };
  };
  const { value } = entry;
  const whole = value.type === "list"
    ? { ...value, items: value.items.map(complete) }
    : complete(value);
  return {
    ...root,
    entries: new Map([...root.entries, ["assistant", { ...entry, value: whole }]]),
  };
}

/** Whether an assistant is made from others: then the student's training is its own, it has no field for another. */
function isMade({ entries }: MapTree): boolean {
  const use = entries.get("use")?.value;
  return use?.type === "scalar" && (use.value === "born-again" || use.value === "auto");
}

function over(inherited: Tree | undefined, value: Tree): Tree {
  return inherited?.type === "map" && value.type === "map" ? merge(inherited, value) : value;
}

function isNull(tree: Tree): boolean {
  return tree.type === "scalar" && tree.value === null && !tree.broken;
}
