/** A context for running an op in a test: files in memory, everything said kept. */
import type { Json, RunContext } from "../../engine/op.ts";
import { MEMORY } from "../../engine/size.ts";
import { spillInMemory } from "./stored.ts";

/** What an op said while it ran. */
export interface Reported {
  readonly notes: Record<string, Json>;
  readonly warnings: string[];
  readonly fractions: number[];
  /** Every state that was saved, in order. */
  readonly saved: Uint8Array[];
}

/** Files by path; values that references name; the state to resume from; the moment to abort. */
export interface Given {
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly referenced?: Readonly<Record<string, unknown>>;
  readonly resume?: Uint8Array;
  readonly signal?: AbortSignal;
  /** Whether there is a place for what is more than is to be held: bytes of files, which lie in memory here. */
  readonly spills?: boolean;
  /** The budget of what is read. */
  readonly memory?: number;
  /** Is told each fraction and what is said with it, while the op runs. */
  readonly progress?: (fraction: number, message?: string) => void;
  /** Is given every state that is saved. */
  readonly saved?: (state: Uint8Array) => void;
}

/** A context and what was reported through it. */
export function runContext(given: Given = {}): RunContext & { readonly reported: Reported } {
  const reported: Reported = { notes: {}, warnings: [], fractions: [], saved: [] };
  const { files = {} } = given;
  return {
    reported,
    signal: given.signal ?? new AbortController().signal,
    threads: 1,
    memory: given.memory ?? MEMORY,
    ...given.spills && { spill: spillInMemory },
    progress(fraction, message) {
      reported.fractions.push(fraction);
      given.progress?.(fraction, message);
    },
    note: (name, value) => void (reported.notes[name] = value),
    warn: (sentence) => void reported.warnings.push(sentence),
    checkpoints: {
      load: () => Promise.resolve(given.resume),
      save(state) {
        reported.saved.push(state.slice());
        given.saved?.(state.slice());
        return Promise.resolve();
      },
    },
    referenced: <T>(digest: string) => Promise.resolve(given.referenced?.[digest] as T),
    read(source, beside) {
      const folder = source.slice(0, source.lastIndexOf("/") + 1);
      const bytes = files[beside === undefined ? source : `${folder}${beside}`];
      return bytes === undefined
        ? Promise.reject(new Error(`no ${source}`))
        : Promise.resolve(bytes);
    },
    list(source) {
      if (source in files) return Promise.resolve([""]);
      const folder = source.endsWith("/") ? source : `${source}/`;
      const inside = Object.keys(files).filter((path) => path.startsWith(folder)).sort();
      return Promise.resolve(inside.map((path) => path.slice(folder.length)));
    },
  };
}

/** A context for an op's mathematics alone: notes and warnings are kept. */
export function recordingContext(): {
  readonly context: RunContext;
  readonly warnings: readonly string[];
  readonly notes: Readonly<Record<string, Json>>;
} {
  const context = runContext();
  return { context, warnings: context.reported.warnings, notes: context.reported.notes };
}
