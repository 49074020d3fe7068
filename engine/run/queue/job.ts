/** What travels through a queue: a task, what is told of it on its way, what came of it. All of it is plain JSON. */
import type { Digest } from "../../digest.ts";
import { DecantError, ParameterError } from "../../error.ts";
import { given } from "../../given.ts";
import { SourceError, TrustError } from "../../graph/sources/source_error.ts";
import { harmless } from "../../quote.ts";
import { CorruptBlobError, StoreError } from "../../store/store.ts";
import { errorOf, sentError } from "../../thread.ts";
import type { StepTask, TaskProgress } from "../task.ts";

/** The name that every job has: its id says which it is. */
export const JOB = "step";

/** A job: its id is the key of the task. */
export interface QueuedStep {
  readonly task: StepTask;
  /** The recipe and the machine of the run that asked first, for people. */
  readonly recipe: string;
  readonly from: string;
}

/** What a worker tells of a job on its way. */
export type Told = TaskProgress & {
  /** The machine it runs on. */
  readonly host: string;
};

/** What came of a job; what was made is in the store. */
export interface Performed {
  /** It ran; else it was recorded by then. */
  readonly ran: boolean;
  readonly host: string;
  /** What was made. */
  readonly artifact: Digest;
}

/** Errors that keep their class on their way through a queue. */
const classes = [
  DecantError,
  ParameterError,
  CorruptBlobError,
  StoreError,
  SourceError,
  TrustError,
];

/** Most characters of a stack that travel. */
const LONGEST_STACK = 4000;

/** Why a job failed, as the queue keeps it. */
interface Failure {
  readonly step: string;
  readonly host: string;
  readonly error: ReturnType<typeof sentError>;
}

/** A failure as a text. */
export function failureText(step: string, host: string, error: unknown): string {
  const { stack = "", ...sent } = sentError(error);
  const failure: Failure = { step, host, error: { ...sent, stack: stack.slice(0, LONGEST_STACK) } };
  return JSON.stringify(failure);
}

/** What such a text says; undefined where the queue itself gives a reason. */
export function failureIn(text: string): Failure | undefined {
  try {
    const { step, host, error } = JSON.parse(text) as Failure;
    const isFailure = [step, host, error?.message].every((each) => typeof each === "string");
    return isFailure ? { step, host, error } : undefined;
  } catch {
    return undefined;
  }
}

/** The error to throw where a job failed, of its class; what is printed of it steers no terminal. */
export function errorIn(text: string): Error {
  const failure = failureIn(text);
  if (failure === undefined) return new Error(harmless(text));
  const { message, fields, ...rest } = failure.error;
  const help = typeof fields.help === "string" ? harmless(fields.help) : undefined;
  return errorOf(
    { ...rest, message: harmless(message), fields: { ...fields, ...given({ help }) } },
    classes,
  );
}
