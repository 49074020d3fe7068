/** What stock tfjs makes of an exported model on the test samples of a recipe. */
import type { Recipe } from "../../../mod.ts";
import { data } from "../../../ops/data/data.ts";
import { heldValues, type Part, part } from "../../../ops/data/dataset.ts";
import { runContext } from "../../ops/run_context.ts";

const program = new URL("../../ops/formats/stock_predict.ts", import.meta.url).pathname;

/** The test samples of a recipe. */
export async function testSamples(from: Recipe): Promise<Part> {
  const step = from.expand().steps.find(({ op }) => op === "data")!;
  return part(await data.run({}, step.params as never, runContext()), "test");
}

/** The accuracy of a layers-model in stock tfjs, in a process of its own. */
export async function accuracyInStock(
  folder: string,
  { count, x, y }: Part,
): Promise<number> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const task = JSON.stringify({ folder, x: [...heldValues(x)], shape: [count, 28, 28, 1] });
  const writer = process.stdin.getWriter();
  const [{ stdout }] = await Promise.all([
    process.output(),
    writer.write(new TextEncoder().encode(task)).then(() => writer.close()),
  ]);
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  const { answers } = JSON.parse(lines.at(-1)!) as { answers: number[] };
  let right = 0;
  for (let i = 0; i < count; i++) {
    const row = answers.slice(i * 10, i * 10 + 10);
    if (row.indexOf(Math.max(...row)) === y![i]) right++;
  }
  return right / count;
}
