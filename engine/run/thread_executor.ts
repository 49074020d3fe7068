/**
 * Steps side by side, each in a thread with a tensor room of its own. A thread opens the folder of the store anew: locks,
 * checkpoints and publication hold between threads as they do between processes, since the kernel locks open files.
 */
import { fileURLToPath } from "node:url";
import { DecantError } from "../error.ts";
import { given } from "../given.ts";
import { SourceError, TrustError } from "../graph/sources/source_error.ts";
import { type AnyOp, ownOp } from "../op.ts";
import { exportedEntry, mayImport } from "../own/elsewhere.ts";
import { withOwn } from "../own/with_own.ts";
import { withBehind } from "../store/behind.ts";
import { diskStore } from "../store/disk_store.ts";
import {
  type Behind,
  CorruptBlobError,
  type Outcome,
  type Store,
  StoreError,
  type Trust,
} from "../store/store.ts";
import { writerFolder } from "../store/writer_folder.ts";
import { mayStartThreads, run } from "../threads.ts";
import type { Executor } from "./executor.ts";
import { performTask } from "./perform.ts";
import { endingBySignal, Interruption } from "./problem.ts";
import type { OpReference, StepTask, TaskProgress, Workplace } from "./task.ts";

/** A step that has not ended so many ms after it was asked to is left, so that there is time for the reports. */
const GRACE = 400;

/** Errors that keep their class on the way out of a thread. */
const classes = [DecantError, CorruptBlobError, StoreError, SourceError, TrustError];

/** What performing in threads needs. */
interface ThreadsOptions {
  readonly store: Store;
  /** Ms in which a step must tell that it goes on; without it, it may take its time. */
  readonly idle?: number;
  /** Performs what no other thread can, with so many threads of kernels. */
  readonly here: { readonly executor: Executor; readonly threads: number };
  /** Told why something is performed here, once. */
  notice(sentence: string): void;
}

/** Performs tasks in threads of their own, at most one for each processor at once. */
export function inThreads({ store, idle, here, notice }: ThreadsOptions): Executor {
  const said = new Set<string>();
  return {
    async perform(task, signal, onProgress) {
      const because = whyHere(task, store);
      if (because === undefined) {
        return await apart(task, store, { signal, onProgress, ...given({ idle }) });
      }
      if (!said.has(because)) notice(because);
      said.add(because);
      const settings = { ...task.settings, threads: here.threads };
      return await here.executor.perform({ ...task, settings }, signal, onProgress);
    },
  };
}

/** Why no other thread can perform a task; undefined where one can. */
function whyHere({ op, references }: StepTask, { folder }: Store): string | undefined {
  if (folder === undefined) return "the cache is in memory: its steps run here, one after another";
  if (!mayStartThreads()) {
    return "Deno does not allow threads to read Decant's modules: steps run here, one after another";
  }
  const others = Object.values(references).map(({ op }) => op);
  for (const { name, module } of [op, ...(op.own ?? []), ...others]) {
    if (module === undefined) return `\`${name}\` names no \`module\`: its steps run here`;
    if (!mayImport(module)) {
      const path = fileURLToPath(module);
      return `Deno does not allow threads to read ${path}: steps with \`${name}\` run here`;
    }
  }
  return undefined;
}

/**
 * Performs a task in a thread. One that does not look at its signal is left when its time is over, and what it was
 * writing then is removed.
 */
async function apart(
  task: StepTask,
  { folder, trusts, behind }: Store,
  { signal, onProgress, ...patience }:
    & Pick<Workplace, "signal" | "onProgress">
    & Pick<ThreadsOptions, "idle">,
): Promise<Outcome> {
  signal.throwIfAborted();
  await using writer = await writerFolder(folder!);
  const asked = Promise.withResolvers<Interruption["ending"] | undefined>();
  const left = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    asked.resolve(endingBySignal(signal));
    timer = setTimeout(() => left.abort(signal.reason), GRACE);
  };
  signal.addEventListener("abort", stop);
  const host: ThreadHost = { onProgress, asked: () => asked.promise, trusts, ...behind };
  const args = [task, { folder, writer: writer.path, hasBehind: behind !== undefined }];
  try {
    return await run<Outcome>(
      { module: import.meta.url, name: performInThread.name, args },
      { ...patience, signal: left.signal, classes, host: { ...host }, beside: ["asked"] },
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    asked.resolve(undefined);
  }
}

/** What a thread may ask of the main one. */
interface ThreadHost extends Partial<Behind> {
  trusts: Trust;
  onProgress(progress: TaskProgress): unknown;
  /** How the run is to end, once it is; undefined where the task has ended before. */
  asked(): Promise<Interruption["ending"] | undefined>;
}

/** Where a thread works. */
interface ThreadFolder {
  readonly folder: string;
  readonly writer: string;
  /** Whether the host can be asked for what the folder lacks. */
  readonly hasBehind: boolean;
}

/** What a thread runs. */
export async function performInThread(
  task: StepTask,
  { folder, writer, hasBehind }: ThreadFolder,
  host: ThreadHost,
): Promise<Outcome> {
  const controller = new AbortController();
  const end = (ending: Interruption["ending"] | undefined): void => {
    if (ending !== undefined) controller.abort(new Interruption(ending));
  };
  void host.asked().then(end);
  const { signal } = controller;
  const onProgress = (progress: TaskProgress): void => void host.onProgress(progress);
  const { trusts } = host;
  const behind = hasBehind ? host as Behind : undefined;
  return await performFrom(folder, task, {
    signal,
    onProgress,
    writer,
    trusts,
    ...given({ behind }),
  });
}

/**
 * Performs a task with nothing but the folder of the store and the modules that it names, and what stands behind that
 * folder, if anything does. What is not published yet lies in the folder of its writer, if it has one.
 */
export async function performFrom(
  folder: string,
  task: StepTask,
  { signal, onProgress, behind, ...options }: Pick<Workplace, "signal" | "onProgress"> & {
    readonly writer?: string;
    readonly trusts?: Trust;
    readonly behind?: Behind;
  },
): Promise<Outcome> {
  const ops = new Map<string, AnyOp>();
  for (const reference of [task.op, ...Object.values(task.references).map(({ op }) => op)]) {
    ops.set(reference.name, await opOf(reference));
  }
  const op = ({ name }: OpReference): AnyOp => ops.get(name)!;
  const local = await diskStore(folder, options);
  const store = behind === undefined ? local : withBehind(local, behind);
  return await performTask(task, { store, op, signal, onProgress });
}

/**
 * The op that a reference names, from its module, with the entries of one's own that its parameters use, from theirs. Throws
 * an Error where a module does not export what is named.
 */
export async function opOf({ own = [], ...reference }: OpReference): Promise<AnyOp> {
  const op = await exportedOp(reference);
  return own.length === 0 ? op : withOwn(op, await Promise.all(own.map(exportedEntry)));
}

async function exportedOp({ name, version, code, module }: OpReference): Promise<AnyOp> {
  const exported: unknown[] = Object.values(await import(module!)).flat();
  const found = (exported as readonly Partial<AnyOp>[]).find((each) =>
    each?.name === name && each.version === version && typeof each.run === "function" &&
    (code === undefined || ownOp(each as AnyOp).code === code)
  );
  if (found !== undefined) return found as AnyOp;
  throw new Error(`${module} exports no op "${name}" of version ${version} as it is used`);
}
