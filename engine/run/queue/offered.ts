/** What a run has published for the workers that read it: what a store did not take is offered again when it is needed. */
import { pathOfUrl } from "../../deps/node.ts";
import type { Digest } from "../../digest.ts";
import { DecantError } from "../../error.ts";
import type { SourceFile } from "../../graph/sources/resolved_source.ts";
import { SourceError } from "../../graph/sources/source_error.ts";
import { digestOfFile } from "../../store/disk_file.ts";
import type { Recorded, Sharing } from "../../store/store.ts";
import type { StepTask } from "../task.ts";

/** How often what a step reads is offered, and ms between. */
const ATTEMPTS = 300;
const PAUSE = 1000;

/** The kind of values whose sources are left out: on a queue that is none. */
const LEFT_OUT = "";

/** Publication that knows what was offered. */
export interface Offered extends Sharing {
  /** Resolves when all that a task reads can be had by workers. Throws a `queue` error where no store takes it. */
  reached(task: StepTask, signal: AbortSignal): Promise<void>;
}

/** The same publication, remembered by artifact. */
export function offeredBy(sharing: Sharing): Offered {
  const offers = new Map<Digest, { done: Promise<boolean>; again(): Promise<boolean> }>();
  const artifactIsThere = (digest: Digest) => async (): Promise<boolean> => {
    const offer = offers.get(digest);
    if (offer === undefined || await offer.done) return true;
    offer.done = offer.again();
    return await offer.done;
  };
  return {
    ...sharing,
    offer(recorded: Recorded, local: readonly string[]) {
      const again = () => sharing.offer(recorded, local);
      const done = again();
      const { digest } = recorded.outcome.artifact;
      const offer = { done, again };
      offers.set(digest, offer);
      // What has arrived is asked for no more: of a long run nothing is kept for each of its steps.
      void done.then((arrived) => {
        if (arrived && offers.get(digest) === offer) offers.delete(digest);
      }, () => {});
      return done;
    },
    async reached(task, signal) {
      const { step, inputs, references } = task;
      for (const { digest } of Object.values(inputs).flat()) {
        await held(step, signal, artifactIsThere(digest));
      }
      for (const { artifact } of Object.values(references)) {
        await held(step, signal, artifactIsThere(artifact.digest));
      }
      const files = task.sources.flatMap(({ files }) => files.filter(isLocal));
      await held(step, signal, async () => {
        if (await sharing.provide(files, LEFT_OUT)) return true;
        await assertUnchanged(task);
        return false;
      });
    },
  };
}

/** Whether a file lies on this machine. */
const isLocal = ({ url }: SourceFile): boolean => url.startsWith("file:");

/** Throws a SourceError where a file is not what it was: no store will ever take it. */
async function assertUnchanged({ sources }: StepTask): Promise<void> {
  for (const { written, files } of sources) {
    for (const { url, digest } of files.filter(isLocal)) {
      const now = await digestOfFile(pathOfUrl(url)).catch(() => undefined);
      if (now === digest) continue;
      throw new SourceError(written, `\`${written}\` changed while it was in use`, "run again");
    }
  }
}

/** Tries until it holds; throws where it does not for long. */
async function held(
  step: string,
  signal: AbortSignal,
  holds: () => Promise<boolean>,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    signal.throwIfAborted();
    if (await holds()) return;
    if (attempt > ATTEMPTS) {
      throw new DecantError(
        "queue",
        `no store takes what \`${step}\` reads, and workers have it from there`,
        "see to the store, or run it without --queue; what is made is kept",
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
