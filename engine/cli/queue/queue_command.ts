/** `decant queue`: who works on what, what waits, what failed. */
import { exitCodes } from "../../error.ts";
import { durationText } from "../../quantity.ts";
import { jsonText } from "../../quote.ts";
import { namedQueue, queueName } from "../../run/queue/address.ts";
import type { QueueOverview } from "../../run/queue/overview.ts";
import type { Command } from "../command.ts";
import { json } from "../recipe_options.ts";
import { queue } from "./queue_options.ts";
import { workersText } from "./outlook_text.ts";

/** The command. */
export const queueCommand: Command = {
  name: "queue",
  summary: "Shows who works on what behind a queue, what waits, and what failed",
  operands: [],
  options: { queue, json },
  async run({ ops, options, terminal }) {
    const address = namedQueue(options.queue?.[0], "no queue is named");
    const [{ connect }, { overviewOf }] = await Promise.all([
      import("../../run/queue/connect.ts"),
      import("../../run/queue/overview.ts"),
    ]);
    const say = (sentence: string) => terminal.err(`${sentence}\n`);
    await using connection = await connect(address, queueName(ops), say);
    const overview = await overviewOf(connection);
    terminal.out(options.json ? jsonText(overview) : overviewText(overview, Date.now()));
    return exitCodes.done;
  },
};

/** An overview as lines. */
export function overviewText(
  { address, name, workers, others = 0, active, waiting, failed }: QueueOverview,
  now: number,
): string {
  const since = (date: string) => durationText(Math.max(0, now - Date.parse(date)) / 1000);
  const busy = new Map(active.map((row) => [row.worker, row]));
  const idle = workers?.filter((worker) => !busy.has(worker)) ?? [];
  const lines = [`${address}  ${name}`, workersText(workers?.length, others)];
  for (const { worker = "?", recipe, step, since: begun, fraction, message } of active) {
    const far = fraction === undefined ? "" : `  ${message} ${Math.floor(100 * fraction)} %`;
    lines.push(`  ▸ ${worker}  ${recipe} ${step}${far}  for ${since(begun)}`);
  }
  for (const worker of idle) lines.push(`    ${worker}  waits for work`);
  lines.push(`${waiting.count} ${waiting.count === 1 ? "step waits" : "steps wait"}`);
  for (const { recipe, step, from, since: asked } of waiting.first) {
    lines.push(`  · ${recipe} ${step}  asked for by ${from}, ${since(asked)} ago`);
  }
  const more = waiting.count - waiting.first.length;
  if (more > 0) lines.push(`  · and ${more} more`);
  if (failed.length > 0) lines.push("failed lately");
  for (const { date, step, host, message } of failed) {
    lines.push(
      `  ✗ ${step}${host === undefined ? "" : ` on ${host}`}, ${since(date)} ago: ${message}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
