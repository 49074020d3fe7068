/** A run going on, in one output that is replaced in place: what is done, what is being done. A fold over events. */
import { type Node, readBy } from "../graph/graph.ts";
import { type Content, html } from "../report/html/html.ts";
import { stepList, type StepRow } from "../report/html/step_list.ts";
import type { RunEvent, RunListener } from "../run/event.ts";
import { durationText, valuesText } from "../quantity.ts";
import { stepAction, stepSummary } from "../report/step_summary.ts";
import { bundle } from "./display.ts";
import type { Bundle } from "./display.ts";
import { type Kernel, liveOutput } from "./kernel.ts";

/** Shown at most this often. */
const FRAME_MS = 150;

/** A listener that shows a run, and what waits until all of it has been shown. */
export function notebookProgress(kernel: Kernel): {
  readonly listen: RunListener;
  settled(): Promise<void>;
} {
  const output = liveOutput(kernel);
  const fold = progressFold();
  let drawn = -Infinity;
  return {
    listen(event, graph) {
      fold.take(event, graph);
      const now = performance.now();
      const flows = event.type === "progress" || event.type === "transferring" && event.text !== "";
      if (flows && now - drawn < FRAME_MS) return;
      drawn = now;
      output.show(fold.bundle());
    },
    async settled() {
      output.show(fold.bundle());
      await output.settled();
    },
  };
}

/** What is known of a run. */
interface Progress {
  readonly rows: StepRow[];
  readonly notices: string[];
  /** Of a search the trial that is shown. */
  trial?: number;
  /** The sentence about the best trial of a search. */
  best?: string;
  name: string;
  /** Of the whole recipe. */
  steps: number;
  /** What goes to and from shared stores. */
  onItsWay: string;
  /** The step that goes on. */
  now?: { readonly step: string; readonly fraction: number; readonly message: string } | undefined;
}

/** What is shown, event by event. */
export function progressFold(): { readonly take: RunListener; bundle(): Bundle } {
  const progress: Progress = { rows: [], notices: [], name: "", steps: 0, onItsWay: "" };
  return {
    take: (event, graph) => {
      if (isShown(progress, event)) take(progress, event, graph);
    },
    bundle: () => drawnBundle(progress),
  };
}

/** Of trials that go on at once the one that was begun last is shown, and what is noticed in any. */
function isShown({ trial }: Progress, event: RunEvent): boolean {
  return !("trial" in event) || event.trial === trial || event.type === "noticed";
}

function take(progress: Progress, ...[event, graph]: Parameters<RunListener>): void {
  const { rows, notices } = progress;
  const node = graph.node("step" in event ? event.step : "");
  switch (event.type) {
    case "compiled":
      progress.name = event.recipe;
      progress.steps = event.steps;
      break;
    case "trial":
      // Each trial is a graph of its own.
      progress.trial = event.number;
      rows.length = 0;
      notices.splice(0, notices.length, `trial ${event.number}: ${valuesText(event.values)}`);
      if (progress.best !== undefined) notices.push(progress.best);
      break;
    case "scored":
      if (event.best) {
        progress.best = `the best so far is trial ${event.number}: ${event.sentence}`;
      }
      break;
    case "decided":
      rows.length = 0;
      notices.splice(0, notices.length, event.sentence);
      break;
    case "started":
      progress.now = { step: event.step, fraction: 0, message: "" };
      break;
    case "waiting":
      progress.now = { step: event.step, fraction: 0, message: `waits for ${event.holder}` };
      break;
    case "progress":
      progress.now = { step: event.step, fraction: event.fraction, message: event.message };
      break;
    case "hit":
    case "ran":
      done(progress, node!, {
        mark: event.type,
        came: stepSummary(node!, event.outcome).join(" · "),
        clock: event.type === "hit" ? "cached" : durationText(event.outcome.provenance.seconds),
      });
      break;
    case "failed":
      done(progress, node!, { mark: "failed", came: event.problem.message, clock: "failed" });
      break;
    case "skipped":
      done(progress, node!, { mark: "skipped", came: event.because, clock: "not done" });
      break;
    case "transferring":
      progress.onItsWay = event.text;
      break;
    case "expected":
      break;
    case "noticed":
      notices.push(event.sentence);
      break;
    default:
      event satisfies never;
  }
}

function done(
  progress: Progress,
  node: Node,
  rest: Pick<StepRow, "mark" | "came" | "clock">,
): void {
  progress.now = undefined;
  const reads = readBy(node).map(({ step }) => step.name);
  progress.rows.push({ name: node.step.name, reads, action: stepAction(node), ...rest });
}

function drawnBundle({ rows, notices, name, steps, now, onItsWay }: Progress): Bundle {
  const step = now === undefined
    ? `${name}: ${rows.length} of ${steps} steps`
    : `${name}: ${rows.length} of ${steps} steps, ${now.step} ${
      Math.floor(100 * now.fraction)
    } % ${now.message}`.trimEnd();
  const line = onItsWay === "" ? step : `${step}; ${onItsWay}`;
  const whole = steps === 0 ? 0 : (rows.length + (now?.fraction ?? 0)) / steps;
  const content: Content = [
    html`<p>${line}</p><progress max="1" value="${Math.round(1000 * whole) / 1000}"></progress>`,
    stepList(rows),
    notices.map((notice) => html`<p class="quiet">${notice}</p>`),
  ];
  const lines = [line, ...notices];
  return bundle(lines.join("\n"), lines.join("\n\n"), content);
}
