/** The machine's C compiler: which it is, and libraries made by it. */
import { given } from "../../given.ts";
import type { SourceTexts } from "./sources.ts";

/** A compiler that can be run. */
export interface Compiler {
  readonly command: string;
  /** What it says of itself: version, target, where it lies, how it was built. */
  readonly about: string;
}

/** What a library is made of. */
export interface LibraryParts {
  readonly sources: SourceTexts;
  readonly flags: readonly string[];
}

/** Rounding as it is written, and integers and floats in the same memory. */
const FLAGS = ["-O2", "-ffp-contract=off", "-fno-strict-aliasing", "-fPIC", "-pipe", "-w"];

/** What stands for every x86-64 processor. */
export const PLAIN_FLAGS: readonly string[] = FLAGS;

/**
 * What allows the compiler the vectors of a level. Tuned for the first processors that had them: GCC's generic tuning
 * keeps addresses in vector registers, and products spill then.
 */
export const LEVEL_FLAGS = {
  avx2: [...FLAGS, "-mavx2", "-mfma", "-mtune=haswell"],
  avx512: [
    ...FLAGS,
    ...["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mfma", "-mtune=skylake-avx512"],
  ],
} as const;

/** What allows it the level's instructions that add products of integers, which not every processor of a level has. */
export const DOT_FLAGS = { avx2: ["-mavxvnni"], avx512: ["-mavx512vnni"] } as const;

/** A compiler that takes so long, ms, is stopped. */
const PATIENCE = 120_000;

/** The first of these commands that is there. */
export async function findCompiler(commands: readonly string[]): Promise<Compiler | undefined> {
  for (const command of commands) {
    const answered = await ran(command, ["-v"]).catch(() => undefined);
    if (answered?.success) return { command, about: answered.said };
  }
  return undefined;
}

/** Compiles in a folder, which is empty: one process for each file, as many at once as there are processors. */
export async function compile(
  { command }: Compiler,
  { sources, flags }: LibraryParts,
  folder: string,
): Promise<string> {
  for (const [name, text] of Object.entries(sources)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  // The longest first, so that all processors end together.
  const units = Object.keys(sources).filter((name) => name.endsWith(".c"))
    .sort((a, b) => sources[b]!.length - sources[a]!.length);
  const objects = units.map((name) => `${name}.o`);
  const left = units.values();
  const work = async () => {
    for (const name of left) {
      await succeeded(command, [...flags, "-c", name, "-o", `${name}.o`], folder);
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, work));
  await succeeded(command, ["-shared", "-o", "library", ...objects], folder);
  return `${folder}/library`;
}

/** Throws an Error with what the compiler complains of first. */
async function succeeded(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { success, said } = await ran(command, args, cwd);
  if (success) return;
  const [line = "without a word"] = /^.*\berror\b.*$/m.exec(said) ?? said.match(/.+/) ?? [];
  throw new Error(`\`${command}\` fails: ${line}`);
}

async function ran(
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ readonly success: boolean; readonly said: string }> {
  const { success, stderr } = await new Deno.Command(command, {
    args: [...args],
    ...given({ cwd }),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE),
  }).output();
  return { success, said: new TextDecoder().decode(stderr) };
}
