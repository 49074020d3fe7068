/** Asks the tests about one mutant, in a copy of the tree that is put right again afterwards. */
import { type Mutant, mutated } from "./sites.ts";
import { type NearTests, nearTests, type RuntimeImports } from "./near.ts";

/** What became of a mutant. */
export type Fate =
  /** A test that passes without it fails, or hangs that does not hang without it. */
  | { readonly fate: "caught"; readonly by: string }
  /** `deno check` refuses it: nobody could commit it, and it is no part of the count. */
  | { readonly fate: "refused" }
  /** All near tests passed, or those that the time was enough for. */
  | { readonly fate: "survived"; readonly asked: number; readonly left: number };

/** A copy of the tree in which tests are run. */
export interface Copy {
  readonly folder: string;
  readonly imports: RuntimeImports;
  /** Seconds for the tests of one mutant. */
  readonly seconds: number;
  /** Of a test file and a name in it: whether it passes where nothing is changed. */
  readonly sound: Map<string, boolean>;
}

/** How many test files one process is given: a failure ends the process. */
const TOGETHER = 8;

/** Makes the mutant in the copy, asks the near tests, nearest first, and takes it back. */
export async function ask(mutant: Mutant, copy: Copy): Promise<Fate> {
  const file = `${copy.folder}/${mutant.path}`;
  const text = await Deno.readTextFile(file);
  const groups = grouped(nearTests(mutant.path, copy.imports));
  const until = Date.now() + copy.seconds * 1000;
  await Deno.writeTextFile(file, mutated(text, mutant));
  let asked = 0;
  try {
    for (const group of groups) {
      const by = await failing(group, copy, until, () => Deno.writeTextFile(file, text));
      if (by !== undefined) return { fate: "caught", by };
      if (Date.now() >= until) break;
      await Deno.writeTextFile(file, mutated(text, mutant));
      asked += group.length;
    }
    await Deno.writeTextFile(file, mutated(text, mutant));
    const { success } = await deno(["check", "-q", mutant.path], copy.folder, Infinity);
    if (!success) return { fate: "refused" };
    return { fate: "survived", asked, left: groups.flat().length - asked };
  } finally {
    await Deno.writeTextFile(file, text);
  }
}

function grouped({ own, direct, through }: NearTests): readonly (readonly string[])[] {
  const cut = (files: readonly string[]) =>
    Array.from(
      { length: Math.ceil(files.length / TOGETHER) },
      (_, index) => files.slice(index * TOGETHER, (index + 1) * TOGETHER),
    );
  return [own, ...cut(direct), ...cut(through)].filter((group) => group.length > 0);
}

/** The test that fails because of what is changed, if one does; `restore` takes the change back. */
async function failing(
  group: readonly string[],
  copy: Copy,
  until: number,
  restore: () => Promise<void>,
): Promise<string | undefined> {
  const known = group.filter((file) => copy.sound.get(file) !== false);
  if (known.length === 0) return undefined;
  const begun = Date.now();
  const { success, late, stdout } = await deno(testWords(known), copy.folder, until);
  if (success) return undefined;
  await restore();
  if (late) {
    const took = Date.now() - begun;
    const clean = await deno(testWords(known), copy.folder, Date.now() + took / 2);
    return clean.success ? `${known.join(" ")}: hangs` : undefined;
  }
  const failed = /\.\/(tests\/\S+?_test\.ts)/.exec(stdout.split(" FAILURES \n").at(-1)!)?.[1] ??
    /\.\/(tests\/\S+?_test\.ts) \(uncaught error\)/.exec(stdout)?.[1] ?? known[0]!;
  return await sound(failed, copy) ? failed : await failing(
    known.filter((file) => file !== failed),
    copy,
    until,
    restore,
  );
}

/** Whether a test file passes as the tree is. */
async function sound(file: string, copy: Copy): Promise<boolean> {
  const known = copy.sound.get(file);
  if (known !== undefined) return known;
  const { success } = await deno(testWords([file]), copy.folder, Date.now() + 300_000);
  copy.sound.set(file, success);
  return success;
}

/** Temporary folders are made in the copy, and go with it. */
const testWords = (files: readonly string[]): readonly string[] => [
  ...["test", "-A", "-q", "--no-check", "--fail-fast"],
  ...files,
];

/** Runs deno in a process group of its own, which is killed whole when the time is over. */
async function deno(
  words: readonly string[],
  folder: string,
  until: number,
): Promise<{ readonly success: boolean; readonly late: boolean; readonly stdout: string }> {
  const child = new Deno.Command("deno", {
    args: [...words],
    cwd: folder,
    env: { NO_COLOR: "1", TMPDIR: `${folder}/tmp` },
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  let late = false;
  const timer = until === Infinity ? undefined : setTimeout(() => {
    late = true;
    kill(child.pid);
  }, Math.max(0, until - Date.now()));
  const { success, stdout, stderr } = await child.output();
  clearTimeout(timer);
  kill(child.pid);
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return { success, late, stdout: text };
}

/** Kills what is left of a process group. */
function kill(group: number): void {
  try {
    Deno.kill(-group, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !/ESRCH/.test(String(error))) throw error;
  }
}
