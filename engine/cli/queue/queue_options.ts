/** Options about queues, and how their values are read. */
import { DecantError } from "../../error.ts";
import type { Option } from "../command.ts";

/** `--queue`. */
export const queue: Option = {
  value: "URL",
  description:
    "A queue on Redis whose workers perform the steps, redis://USER:PASSWORD@HOST:PORT, rediss for TLS; default " +
    "DECANT_QUEUE",
};

/** `--concurrency`. */
export const concurrency: Option = {
  value: "N",
  description: "Steps at once, each in a thread; default 1",
};

/** `--grace`. */
export const grace: Option = {
  value: "SECONDS",
  description: "What runs has so long to end when the worker is told to leave; default 20",
};

/** The largest number of an option: the seconds of a day. */
const MOST = 86_400;

/** The number that an option says, at least `least`. Throws a `usage` error for what is none. */
export function count(option: string, text: string | undefined, least = 0): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= MOST) return number;
  throw new DecantError(
    "usage",
    `--${option} needs a whole number from ${least} to ${MOST}; this is "${text}"`,
    `--${option} 1`,
  );
}
