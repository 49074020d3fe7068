/** Where a queue is: the URL of a Redis, as a user names it. It may hold who asks, which no sentence shows. */
import { canonicalBytes, digestOf } from "../../digest.ts";
import { DecantError } from "../../error.ts";
import { NUMERICS } from "../../graph/key.ts";
import type { OpSet } from "../../op.ts";
import { isGranted, QUEUE_VARIABLE, variable } from "../../permission.ts";
import { excerpt } from "../../quote.ts";

/** Raised when a task is written differently, so that no worker reads one that it does not understand. */
const TASK = 1;

/** Where a Redis listens. */
const PORT = 6379;

/** A Redis. */
export interface QueueAddress {
  /** The URL with everything in it. */
  readonly url: string;
  /** The same without who asks. */
  readonly shown: string;
}

/** The address that a URL says, or without one `DECANT_QUEUE`; undefined where neither does. Throws a `usage` error. */
export function queueAddress(text = variable(QUEUE_VARIABLE)): QueueAddress | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === "") {
    // What has an @ may hold a password all the same.
    const shown = text.includes("@") ? "an address" : `\`${excerpt(text)}\``;
    throw refused(`${shown} is no queue: queues are reached by redis or rediss`);
  }
  const { protocol, host, pathname } = url;
  if (url.search !== "" || url.hash !== "" || !/^(\/\d*)?$/.test(pathname)) {
    throw refused(`the address of the queue on ${host} goes on behind the number of its database`);
  }
  return { url: url.href, shown: `${protocol}//${host}${pathname === "/" ? "" : pathname}` };
}

/** The same, where there must be one. Throws a `usage` error, `message`, where none is named. */
export function namedQueue(text: string | undefined, message: string): QueueAddress {
  const address = queueAddress(text);
  if (address !== undefined) return address;
  const may = isGranted({ name: "env", variable: QUEUE_VARIABLE });
  const or = may ? "" : `; ${QUEUE_VARIABLE} is read with --allow-env=${QUEUE_VARIABLE}`;
  throw new DecantError("usage", message, `--queue redis://HOST:${PORT}${or}`);
}

/** Where a queue is as `--allow-net` has it: with its port, which is Redis's where the URL says none. */
export function hostOf({ url }: QueueAddress): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === "" ? PORT : port}`;
}

function refused(message: string): DecantError {
  return new DecantError(
    "usage",
    message,
    "--queue rediss://USER:PASSWORD@queue.example.org:6379/0",
  );
}

/**
 * The name of the queue of this version: workers whose ops or numerics are others make other bits, and listen to another
 * queue. Ops that did not come with Decant are in no queue.
 */
export function queueName(ops: OpSet): string {
  const versions = [...ops.values()].filter(({ code }) => code === undefined)
    .map(({ name, version }) => `${name} ${version}`).sort();
  const digest = digestOf(canonicalBytes({ task: TASK, ops: versions }));
  return `n${NUMERICS}-${digest.slice(0, 12)}`;
}
