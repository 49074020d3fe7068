import assert from "node:assert/strict";
import { commandLine } from "../../../engine/cli/command_line.ts";
import { modulesStamp, remembering, upToDate } from "../../../engine/cli/up_to_date.ts";
import { opSet } from "../../../engine/op.ts";
import { fakeOps } from "../run/support/fake.ts";
import { setVariable } from "../../variable.ts";
import { NUMBERS, SEARCH } from "./typed.ts";

/** What a process said, its exit code, and whether it ran. */
interface Process {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly ran: boolean;
}

/** A folder with recipes, and processes that run them there, each as one that began long after they were written. */
async function folderOf(files: Readonly<Record<string, string>> = { "a.yaml": NUMBERS }) {
  const path = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  const process = async (words: readonly string[], began: number, columns = 100) => {
    const said = { out: "", err: "" };
    const terminal = {
      out: (text: string) => void (said.out += text),
      err: (text: string) => void (said.err += text),
      rewrite: () => {},
      live: false,
      columns,
    };
    const asked = { words, terminal, began };
    const known = await upToDate(asked);
    const code = known ?? await commandLine(words, {
      ops: opSet(Object.values(fakeOps())),
      ...remembering(asked),
    });
    return { code, ...said, ran: known === undefined };
  };
  return {
    path,
    process,
    run: (...words: string[]): Promise<Process> =>
      process(
        ["run", `${path}/a.yaml`, "--cache", `${path}/c`, "--out", `${path}/o`, ...words],
        Date.now() + 60_000,
      ),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

type Here = Awaited<ReturnType<typeof folderOf>>;

/** Runs until nothing more is to be made: once for the steps, once for what is recalled of them. */
async function settled(here: Here, ...words: string[]): Promise<Process> {
  await here.run(...words);
  return await here.run(...words);
}

const times = async (folder: string): Promise<Record<string, number>> => {
  const entries: [string, number][] = [];
  for await (const { name } of Deno.readDir(folder)) {
    entries.push([name, (await Deno.stat(`${folder}/${name}`)).mtime!.getTime()]);
  }
  return Object.fromEntries(entries.sort());
};

Deno.test("a run in which all was recalled is not made again: the same is printed, and nothing is written", async () => {
  await using here = await folderOf();
  const first = await here.run();
  const second = await here.run();
  assert.deepEqual([first.ran, second.ran], [true, true]);
  const before = [await times(`${here.path}/o`), await times(`${here.path}/c/runs`)];
  const third = await here.run();
  assert.deepEqual([third.ran, third.code, third.out], [false, 0, second.out]);
  const date = /run of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/;
  assert.ok(third.err.startsWith(second.err));
  assert.match(third.err.slice(second.err.length), date);
  assert.deepEqual([await times(`${here.path}/o`), await times(`${here.path}/c/runs`)], before);
});

Deno.test("one document and nothing else, and nothing beside results, are printed as before", async () => {
  for (const words of [["--json"], ["--quiet"]]) {
    await using here = await folderOf();
    const { out } = await settled(here, ...words);
    assert.deepEqual(await here.run(...words), { code: 0, out, err: "", ran: false });
  }
});

const changes: Readonly<Record<string, (here: Here) => Promise<unknown>>> = {
  "the recipe says something else": ({ path }) =>
    Deno.writeTextFile(`${path}/a.yaml`, NUMBERS.replace("amount: 2", "amount: 3")),
  "the recipe is written again": ({ path }) => Deno.writeTextFile(`${path}/a.yaml`, NUMBERS),
  "the recipe is gone": ({ path }) => Deno.remove(`${path}/a.yaml`),
  "a lock stands beside it": ({ path }) =>
    Deno.copyFile(`${path}/o/recipe.lock.json`, `${path}/a.lock.json`),
  "a result is written over": ({ path }) => Deno.writeTextFile(`${path}/o/report.md`, "mine"),
  "a result is gone": ({ path }) => Deno.remove(`${path}/o/report.html`),
  "the results are gone": ({ path }) => Deno.remove(`${path}/o`, { recursive: true }),
  "the cache is gone": ({ path }) => Deno.remove(`${path}/c`, { recursive: true }),
  "a record is gone": ({ path }) => Deno.remove(`${path}/c/outcomes`, { recursive: true }),
};

for (const [name, change] of Object.entries(changes)) {
  Deno.test(`a run is made again where ${name}`, async () => {
    await using here = await folderOf();
    await settled(here);
    assert.equal((await here.run()).ran, false);
    await change(here);
    assert.equal((await here.run()).ran, true);
  });
}

const SUMMED = `decant: 1
name: summed
steps: [{ op: file, as: all, from: ./many }]
`;

const inFolder: Record<string, (path: string) => Promise<unknown>> = {
  "a file in it has changed": (path) => Deno.writeTextFile(`${path}/sub/2`, "30"),
  "a file came into it": (path) => Deno.writeTextFile(`${path}/sub/3`, "4"),
  "a file came into a folder in it that had none": (path) =>
    Deno.writeTextFile(`${path}/no/1`, "4"),
  "a file went from it": (path) => Deno.remove(`${path}/1`),
  "a file in it has another name": (path) => Deno.rename(`${path}/1`, `${path}/4`),
};

Deno.test("a run of a folder is up to date until the folder, or one in it, is another", async (t) => {
  for (const [name, change] of Object.entries(inFolder)) {
    await t.step(name, async () => {
      await using here = await folderOf({ "a.yaml": SUMMED });
      const many = `${here.path}/many`;
      for (const folder of ["sub", "no"]) {
        await Deno.mkdir(`${many}/${folder}`, { recursive: true });
      }
      await Deno.writeTextFile(`${many}/1`, "1");
      await Deno.writeTextFile(`${many}/sub/2`, "2");
      await settled(here);
      assert.equal((await here.run()).ran, false);
      await change(many);
      assert.equal((await here.run()).ran, true);
    });
  }
});

Deno.test("other words, another terminal and other variables make another run", async () => {
  await using here = await folderOf();
  await settled(here);
  assert.equal((await here.run("--jobs", "1")).ran, true);
  assert.equal((await here.run("--force")).ran, true);
  assert.equal((await here.run("--force=one")).ran, true);
  // What was forced has left other results than those of the run before.
  await settled(here);
  const words = [
    "run",
    `${here.path}/a.yaml`,
    "--cache",
    `${here.path}/c`,
    "--out",
    `${here.path}/o`,
  ];
  assert.equal((await here.process(words, Date.now(), 120)).ran, true);
  await settled(here);
  const unset = setVariable("NPM_CONFIG_REGISTRY", "http://localhost:1/");
  try {
    assert.equal((await here.run()).ran, true);
  } finally {
    unset();
  }
});

Deno.test("what was changed shortly before a process began is not taken for what it read", async () => {
  await using here = await folderOf();
  const words = [
    "run",
    `${here.path}/a.yaml`,
    "--cache",
    `${here.path}/c`,
    "--out",
    `${here.path}/o`,
  ];
  const began = Date.now();
  for (let times = 0; times < 3; times++) {
    assert.equal((await here.process(words, began)).ran, true);
  }
});

const FROM = `decant: 1
name: numbers
steps: [{ op: file, as: one, from: ./data }]
`;

Deno.test("a file or a folder as a source is looked at; a search is always run", async () => {
  await using file = await folderOf({ "a.yaml": FROM, data: "12" });
  assert.equal((await settled(file)).code, 0);
  assert.equal((await file.run()).ran, false);
  await Deno.writeTextFile(`${file.path}/data`, "13");
  assert.equal((await file.run()).ran, true);

  await using carded = await folderOf({ "a.yaml": FROM, data: "12" });
  await settled(carded);
  await Deno.writeTextFile(`${carded.path}/README.md`, "---\nlicense: mit\n---\n");
  const { ran, out } = await carded.run();
  assert.deepEqual([ran, out.includes("./data: mit (README.md)")], [true, true]);
  assert.equal((await carded.run()).ran, false);

  await using folder = await folderOf({ "a.yaml": FROM });
  await Deno.mkdir(`${folder.path}/data`);
  await Deno.writeTextFile(`${folder.path}/data/1.txt`, "12");
  assert.equal((await settled(folder)).code, 0);
  assert.equal((await folder.run()).ran, false);

  await using search = await folderOf({ "a.yaml": SEARCH });
  assert.equal((await settled(search)).code, 0);
  assert.equal((await search.run()).ran, true);
});

Deno.test("a process of the command line itself is up to date the third time", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/a.yaml`,
    "decant: 1\nname: petals\ndata: iris\nmodel: { use: mlp, hidden: [4], train: { epochs: 1 } }\n",
  );
  const mod = new URL("../../../mod.ts", import.meta.url).pathname;
  const run = async () => {
    const args = ["run", "-A", "--no-check", mod, "run", "a.yaml", "--kernels", "wasm"];
    const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: folder })
      .output();
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 0, text);
    return text.includes("nothing has changed");
  };
  assert.equal(await run(), false);
  // Within two seconds a file may change again without its times showing it.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  assert.deepEqual([await run(), await run()], [false, true]);
  await Deno.remove(folder, { recursive: true });
});

/** The same for these files, in whole numbers without end: FNV-1a, and a hash with a factor of MurmurHash3. */
function stampOf(paths: readonly string[]): string {
  const low = (value: bigint) => value & 0xffff_ffffn;
  let [a, b] = [0x811c9dc5n, 0x9e3779b9n];
  for (const path of paths) {
    const { isFile, size, mtime, ctime, ino, dev } = Deno.statSync(path);
    const stamp = [isFile, size, mtime!.getTime(), ctime!.getTime(), ino, dev].join(" ");
    for (const unit of `${path} ${stamp}`) {
      const code = BigInt(unit.charCodeAt(0));
      a = low((a ^ code) * 0x01000193n);
      b = low(low(b + code ^ b >> 15n) * 0x85ebca6bn);
    }
  }
  return `${a} ${b}`;
}

Deno.test("the stamp of the modules changes with each of them", async () => {
  const root = `${await Deno.makeTempDir()}/`;
  for (const folder of ["engine/cli", "ops"]) {
    await Deno.mkdir(`${root}${folder}`, { recursive: true });
  }
  const files = ["engine/cli/a.ts", "ops/b.ts", "mod.ts", "deno.json"];
  for (const file of files) await Deno.writeTextFile(`${root}${file}`, "one");
  let stamp = modulesStamp(root);
  assert.equal(stamp, stampOf(files.map((file) => `${root}${file}`)));
  for (const file of files) {
    await Deno.writeTextFile(`${root}${file}`, "another");
    assert.notEqual(modulesStamp(root), stamp, file);
    stamp = modulesStamp(root);
  }
  await Deno.rename(`${root}ops/b.ts`, `${root}ops/c.ts`);
  assert.notEqual(modulesStamp(root), stamp);
  await Deno.remove(root, { recursive: true });
});
