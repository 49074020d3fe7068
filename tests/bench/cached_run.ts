// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * A fully cached `run` of the demo as a whole process, once with nothing changed (`run`) and once with a result taken away,
 * so that every step is recalled and the results are written anew (`recalled`), and `check` of its recipe and `--help`, in turn with `deno eval 1`
 * and with Snakemake's run of an up-to-date five-rule file where Debian's snakemake is installed. Prints a JSON line:
 * medians in milliseconds, and how many times that of `deno eval 1` they are. The cache is filled first by a run of the
 * demo cut to 100 samples and one epoch.
 */
import { stringify } from "npm:yaml@2.9.1";
import { shipped, small } from "../recipes/support/small.ts";
import { median } from "./median.ts";

const folder = await Deno.makeTempDir();
const mod = new URL("../../mod.ts", import.meta.url).pathname;
try {
  const recipe = `${folder}/digits.yaml`;
  await Deno.writeTextFile(
    recipe,
    stringify({ decant: 1, ...small(await shipped("digits"), 100) }),
  );
  const decant = (...words: readonly string[]) => ["run", "-A", mod, ...words];
  const places = ["--cache", `${folder}/c`, "--out", `${folder}/o`];
  const deno: Readonly<Record<string, readonly string[]>> = {
    run: decant("run", recipe, ...places),
    recalled: decant("run", recipe, ...places),
    check: decant("check", recipe),
    help: decant("--help"),
    empty: ["eval", "1"],
  };
  const commands: [name: string, command: string, args: readonly string[]][] = Object.entries(deno)
    .map(([name, args]) => [name, Deno.execPath(), args]);
  // The first time of each fills caches, ours and Deno's.
  for (const [, command, args] of commands) await timed(command, args);
  await Deno.writeTextFile(`${folder}/Snakefile`, snakefile());
  if (await timed("snakemake", ["-c1"]) !== undefined) {
    commands.push(["snakemake", "snakemake", ["-c1"]]);
  }
  const figures = new Map(commands.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round < 9; round++) {
    for (const [name, command, args] of commands) {
      if (name === "recalled") await Deno.remove(`${folder}/o/report.md`);
      figures.get(name)!.push((await timed(command, args))!);
    }
  }
  const of = (name: string) => median(figures.get(name)!);
  const ratios = ["run", "recalled", "check", "help"].map((
    name,
  ) => [name, (of(name) / of("empty")).toFixed(1)]);
  console.log(JSON.stringify({
    bench: "cached run",
    unit: "ms",
    ...Object.fromEntries(commands.map(([name]) => [name, Math.round(of(name))])),
    "times empty": Object.fromEntries(ratios.map(([name, ratio]) => [name, Number(ratio)])),
  }));
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
