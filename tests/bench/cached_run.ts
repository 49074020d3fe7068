// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * A fully cached `run` of the demo as a whole process, in turn with `deno eval 1` and with Snakemake's run of an
 * up-to-date five-rule file where Debian's snakemake is installed. Prints a JSON line: medians in milliseconds.
 * The cache is filled first by a run of the demo cut to 100 samples and one epoch.
 */
import { stringify } from "npm:yaml@2.9.1";
import { shipped, small } from "../recipes/small.ts";
import { median } from "./median.ts";

const folder = await Deno.makeTempDir();
const mod = new URL("../../mod.ts", import.meta.url).pathname;
try {
  const recipe = `${folder}/digits.yaml`;
  await Deno.writeTextFile(
    recipe,
    stringify({ decant: 1, ...small(await shipped("digits"), 100) }),
  );
  const ours = ["run", "-A", mod, "run", recipe, "--cache", `${folder}/c`, "--out", `${folder}/o`];
  await timed(Deno.execPath(), ours);
  await Deno.writeTextFile(`${folder}/Snakefile`, snakefile());
  const snake = await timed("snakemake", ["-c1"]) !== undefined;
  const figures: Record<string, number[]> = {
    decant: [],
    empty: [],
    ...(snake ? { snakemake: [] } : {}),
  };
  for (let round = 0; round < 9; round++) {
    figures.decant!.push((await timed(Deno.execPath(), ours))!);
    figures.empty!.push((await timed(Deno.execPath(), ["eval", "1"]))!);
    if (snake) figures.snakemake!.push((await timed("snakemake", ["-c1"]))!);
  }
  const medians = Object.fromEntries(
    Object.entries(figures).map(([name, times]) => [name, Math.round(median(times))]),
  );
  console.log(JSON.stringify({ bench: "cached run", unit: "ms", ...medians }));
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Five rules in a row, each making a file from the one before. */
function snakefile(): string {
  const rule = (i: number) =>
    `rule r${i}:\n  ${
      i === 0 ? "" : `input: "f${i - 1}"\n  `
    }output: "f${i}"\n  shell: "touch {output}"\n`;
  return [`rule all:\n  input: "f4"\n`, ...[0, 1, 2, 3, 4].map(rule)].join("\n");
}

/** Milliseconds of a whole process; undefined where there is no such program. */
async function timed(command: string, args: readonly string[]): Promise<number | undefined> {
  const began = performance.now();
  try {
    await new Deno.Command(command, { args: [...args], cwd: folder }).output();
  } catch {
    return undefined;
  }
  return performance.now() - began;
}
