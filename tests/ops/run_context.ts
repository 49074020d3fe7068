/** A context for running an op's mathematics alone: notes and warnings are kept, nothing else happens. */
import type { Json, RunContext } from "../../engine/op.ts";

/** A context and what was said to it. */
export function listeningContext(): {
  readonly context: RunContext;
  readonly warnings: string[];
  readonly notes: Record<string, Json>;
} {
  const warnings: string[] = [];
  const notes: Record<string, Json> = {};
  const unused = (): never => {
    throw new Error("nothing is read here");
  };
  const context: RunContext = {
    signal: new AbortController().signal,
    threads: 1,
    progress() {},
    note: (name, value) => notes[name] = value,
    warn: (sentence) => warnings.push(sentence),
    checkpoints: { load: () => Promise.resolve(undefined), save: () => Promise.resolve() },
    referenced: unused,
    read: unused,
    list: unused,
  };
  return { context, warnings, notes };
}
