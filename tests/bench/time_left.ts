// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * How wrong the time is that the progress line says is left of a training, after a tenth of it: once without a record of
 * the op, then with one of a training of other epochs, and of another network. JSON lines; `error` is the share of what
 * was really left by which the line said too much (negative: too little).
 */
import { memoryStore, recipe } from "../../mod.ts";
import { type Pace, paceAt, paceFrom, secondsLeft } from "../../engine/cli/pace.ts";
import type { RunEvent } from "../../engine/run/event.ts";

/** After so much of a step it is asked. */
const TENTH = 0.1;

/** What was said of a step after a tenth, and what was true. */
async function after(cache: ReturnType<typeof memoryStore>, fields: object) {
  let pace: Pace | undefined;
  let asked: { readonly at: number; readonly left: number | undefined } | undefined;
  let ended = 0;
  const onEvent = (event: RunEvent): void => {
    if (!("step" in event) || event.step !== "model") return;
    const now = performance.now();
    if (event.type === "started") pace = paceFrom(now);
    if (event.type === "expected") pace = { ...pace!, expected: event.seconds };
    if (event.type === "ran") ended = now;
    if (event.type !== "progress" || asked !== undefined) return;
    pace = paceAt(pace!, { at: now, fraction: event.fraction }, event.samples);
    if (event.fraction >= TENTH) asked = { at: now, left: secondsLeft(pace, now) };
  };
  const run = await recipe({ name: "time-left", data: "digits", ...fields } as never)
    .run({ cache, until: "model", onEvent });
  if (!run.ok && run.problems.length > 0) throw new Error(run.problems[0]!.message);
  const really = (ended - asked!.at) / 1000;
  const { left } = asked!;
  const round = (value: number) => Math.round(1000 * value) / 1000;
  return {
    record: pace!.expected !== undefined,
    left: left === undefined ? null : round(left),
    really: round(really),
    error: left === undefined ? null : round((left - really) / really),
  };
}

const cache = memoryStore();
const resnet = (epochs: number, width: number) => ({
  model: { use: "resnet", depth: 8, width, train: { epochs } },
});
for (
  const [what, fields] of [
    ["no record", resnet(6, 0.25)],
    ["a record of fewer epochs", resnet(9, 0.25)],
    ["a record of a smaller network", resnet(6, 0.375)],
  ] as const
) {
  console.log(JSON.stringify({ bench: "time-left", what, ...await after(cache, fields) }));
}
