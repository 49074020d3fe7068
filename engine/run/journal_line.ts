/** An event as a line of the run's journal; undefined for what is only shown. */
import type { Json } from "../digest.ts";
import type { RunEvent } from "./event.ts";

/** The line, its date first. */
export function journalLine(event: RunEvent): Readonly<Record<string, Json>> | undefined {
  const line = content(event);
  return line && { date: new Date().toISOString(), ...line };
}

function content(event: RunEvent): Record<string, Json> | undefined {
  switch (event.type) {
    case "compiled":
    case "progress":
    case "waiting":
    case "judged":
    case "decided":
      return undefined;
    case "trial":
      return { event: "trial", number: event.number, values: event.values };
    case "noticed":
      return { event: "noticed", sentence: event.sentence };
    case "started":
      return { event: "started", step: event.step, key: event.key, why: event.cause.why };
    case "hit":
      return { event: "hit", step: event.step, key: event.key };
    case "ran":
      return {
        event: "ran",
        step: event.step,
        key: event.key,
        why: event.cause.why,
        artifact: event.outcome.artifact.digest,
        seconds: event.outcome.provenance.seconds,
      };
    case "failed":
      return {
        event: "failed",
        step: event.step,
        ...(event.key === undefined ? {} : { key: event.key }),
        problem: { code: event.problem.code, message: event.problem.message },
        ...(event.stack === undefined ? {} : { stack: event.stack }),
      };
    case "skipped":
      return { event: "skipped", step: event.step, because: event.because };
    default:
      return event satisfies never;
  }
}
