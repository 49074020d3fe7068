/** The patches that show what adding to the tree takes: how many places each states, and what it touches. */

/** A patch of this folder. */
export interface Patch {
  /** Of the file, without its ending: `step_op`. */
  readonly name: string;
  readonly file: string;
  /** The places that its first line states. */
  readonly stated: number;
  /** The files that it changes or adds, without its own test and without references. */
  readonly touched: readonly string[];
  /** The tests' own computations of the same that it adds to. */
  readonly references: readonly string[];
  /** Its own test, which the tree does not have without it. */
  readonly test: string;
}

/** Files of tests that compute what the product does in another way; a test asks each of them for what is added. */
const independent: ReadonlySet<string> = new Set(["tests/ops/plain_forward.ts"]);

const root = new URL("../../../", import.meta.url).pathname;
const folder = new URL("./", import.meta.url).pathname;

/** All patches, by name. Throws where one has no first line as it must be. */
export async function patches(): Promise<readonly Patch[]> {
  const found: Patch[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".patch")) continue;
    const file = folder + name;
    const text = await Deno.readTextFile(file);
    const stated = /^# places: (\d+)\n/.exec(text)?.[1];
    if (stated === undefined) throw new Error(`${name} does not begin with "# places: N"`);
    const paths = [...text.matchAll(/^diff --git a\/(\S+) b\/(\S+)$/gm)].map((match) => match[2]!);
    const own = name.slice(0, -".patch".length);
    const test = `tests/adding/${own}_test.ts`;
    found.push({
      name: own,
      file,
      stated: Number(stated),
      touched: paths.filter((path) => path !== test && !independent.has(path)),
      references: paths.filter((path) => independent.has(path)),
      test,
    });
  }
  return found.sort((one, other) => one.name < other.name ? -1 : 1);
}

/** Applies a patch to a folder, or only says whether it would; what git says where it does not. */
export async function applied(
  { file }: Patch,
  to: string,
  check: boolean,
): Promise<string | undefined> {
  // One line around a change is enough to find it: what stands further away may change.
  const words = ["apply", "-C1", ...check ? ["--check"] : [], file];
  const { success, stderr } = await output("git", words, to);
  return success ? undefined : stderr;
}

/** Copies the tracked files and those that git does not ignore into an empty folder. */
export async function copyTree(to: string): Promise<void> {
  const words = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const { stdout } = await output("git", words, root);
  for (const path of stdout.trimEnd().split("\n")) {
    const from = await Deno.readFile(root + path).catch(() => undefined);
    if (from === undefined) continue;
    await Deno.mkdir(`${to}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(`${to}/${path}`, from);
  }
}

/** Runs a command in a folder to its end. */
export async function output(
  command: string,
  args: readonly string[],
  cwd: string = root,
): Promise<{ readonly success: boolean; readonly stdout: string; readonly stderr: string }> {
  const env = { NO_COLOR: "1" };
  const ended = await new Deno.Command(command, { args: [...args], cwd, env }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success: ended.success, stdout: text(ended.stdout), stderr: text(ended.stderr) };
}
