/** The swap of a folder's contents: what is in the way, what is moved in which order, and how it is gone on with. */
import assert from "node:assert/strict";
import { DecantError } from "../../../../engine/error.ts";
import {
  assertFree,
  finishSwap,
  isInside,
  isSwap,
  LEFTOVER,
  parentOf,
  points,
  type Swap,
  type SwapPoint,
  workIn,
} from "../../../../engine/library/out/swap.ts";
import { filesUnder } from "../../../faults/small_cache.ts";

const swap: Swap = {
  format: 1,
  goes: { tfjs: ["model.json", "old.bin"], "x=1/packed": ["it.bin"] },
  comes: { tfjs: ["model.json", "new.bin"], onnx: ["model.onnx"] },
  files: ["report.md", "report.json"],
  drops: ["recipe.lock.json"],
};

const UUID = "01234567-89ab-cdef-0123-456789abcdef";

/** What lay there before, what is staged, and the journal; a file holds its own path. */
const before = [
  "tfjs/model.json",
  "tfjs/old.bin",
  "tfjs/notes.txt",
  "tfjs/mine/a.txt",
  `tfjs/.${UUID}.tmp`,
  "x=1/packed/it.bin",
  "recipe.lock.json",
  "report.json",
  "thesis.txt",
];
const staged = [
  "new/folders/tfjs/model.json",
  "new/folders/tfjs/new.bin",
  "new/folders/onnx/model.onnx",
  "new/files/report.md",
  "new/files/report.json",
  "swap.json",
];
const after = [
  "onnx/model.onnx",
  "report.json",
  "report.md",
  "tfjs/mine/a.txt",
  "tfjs/model.json",
  "tfjs/new.bin",
  "tfjs/notes.txt",
  "thesis.txt",
];

async function write(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await Deno.mkdir(`${root}/${parentOf(`/${path}`)}`, { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, path);
  }
}

/** A folder with what was there before, a swap staged and committed. */
async function place(paths: readonly string[] = before) {
  const root = await Deno.makeTempDir();
  await write(root, paths);
  await write(`${root}/.decant-out`, staged);
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

async function assertDone(root: string, when = ""): Promise<void> {
  const visible = (await filesUnder(root)).filter((path) => !path.startsWith(".decant-out/"));
  assert.deepEqual(visible, after, when);
  assert.equal(await Deno.readTextFile(`${root}/tfjs/notes.txt`), "tfjs/notes.txt");
  const came = await Deno.readTextFile(`${root}/tfjs/model.json`);
  assert.equal(came, "new/folders/tfjs/model.json", when);
  assert.equal(await Deno.readTextFile(`${root}/report.json`), "new/files/report.json", when);
  await assert.rejects(Deno.lstat(`${root}/x=1`), Deno.errors.NotFound, "the empty folder goes");
  await assert.rejects(Deno.lstat(`${root}/.decant-out/swap.json`), Deno.errors.NotFound);
}

Deno.test("a swap moves the old away, the last file first, then the new in, and what is not ours back", async () => {
  await using it = await place();
  const told: SwapPoint[] = [];
  await finishSwap(it.root, swap, (point) => void told.push(point));
  await assertDone(it.root);
  assert.deepEqual(told, [
    ...["file-away", "file-away", "file-away"],
    ...["folder-away", "folder-in", "folder-away", "folder-away", "folder-in"],
    ...["kept-back", "file-in", "file-in", "finished"],
  ]);
  assert.deepEqual(await filesUnder(`${it.root}/.decant-out`), [
    "old/files/recipe.lock.json",
    "old/files/report.json",
    `old/folders/tfjs/.${UUID}.tmp`,
    "old/folders/tfjs/model.json",
    "old/folders/tfjs/old.bin",
    "old/folders/x=1/packed/it.bin",
  ]);
});

Deno.test("the lock goes first, and the last file to come before those that come earlier", async () => {
  await using it = await place();
  const away: string[][] = [];
  await finishSwap(it.root, swap, async (point) => {
    if (point === "file-away") away.push(await filesUnder(`${it.root}/.decant-out/old`));
  });
  assert.deepEqual(away.map((files) => files.length), [1, 2, 2]);
  assert.deepEqual(away[0], ["files/recipe.lock.json"]);
  assert.deepEqual(away[1], ["files/recipe.lock.json", "files/report.json"]);
});

Deno.test("stopped at any of its instants, a swap is finished by doing it again from the beginning", async () => {
  for (let stop = 1; stop <= 12; stop++) {
    await using it = await place();
    let reached = 0;
    const halt = () => {
      if (++reached === stop) throw new Error("halted");
    };
    await assert.rejects(finishSwap(it.root, swap, halt), new Error("halted"));
    const committed = await Deno.lstat(workIn(it.root).journal).then(() => true, () => false);
    if (committed) await finishSwap(it.root, swap, () => {});
    assert.equal(committed, stop < 12, "the journal goes last");
    await assertDone(it.root, `stopped at ${stop}`);
  }
});

Deno.test("a folder that was made while the one before was away is named, and not written over", async () => {
  await using it = await place();
  const halt = (point: SwapPoint) => {
    if (point === "folder-away") throw new Error("halted");
  };
  await assert.rejects(finishSwap(it.root, swap, halt));
  await write(it.root, ["tfjs/thesis.txt"]);
  await assert.rejects(finishSwap(it.root, swap, () => {}), {
    code: "out",
    message: `\`${it.root}/tfjs\` cannot be written: it was made while an interrupted run had ` +
      "moved the one before away. Move it away and run again",
  });
  assert.equal(await Deno.readTextFile(`${it.root}/tfjs/thesis.txt`), "tfjs/thesis.txt");
});

Deno.test("a file of somebody that has a new one of its name is named, and not written over", async () => {
  await using it = await place();
  const put = async (point: SwapPoint) => {
    if (point === "folder-in") await Deno.writeTextFile(`${it.root}/tfjs/notes.txt`, "newer");
  };
  await assert.rejects(finishSwap(it.root, swap, put), {
    message: `\`${it.root}/tfjs/notes.txt\` cannot be written: it was made while an interrupted ` +
      "run had moved one away. Move it away and run again",
  });
  assert.equal(await Deno.readTextFile(`${it.root}/tfjs/notes.txt`), "newer");
});

Deno.test("somebody's files stay in a folder that a file was ours in, beside new files of it", async () => {
  await using it = await place(["tfjs/sub/ours", "tfjs/sub/theirs", "tfjs/sub/deep/theirs"]);
  await write(it.root, [".decant-out/new/folders/tfjs/sub/deep/ours"]);
  const comes = { tfjs: ["sub/deep/ours"] };
  await finishSwap(
    it.root,
    { format: 1, goes: { tfjs: ["sub/ours"] }, comes, files: [], drops: [] },
    () => {},
  );
  assert.deepEqual(await filesUnder(`${it.root}/tfjs/sub`), [
    "deep/ours",
    "deep/theirs",
    "theirs",
  ]);
});

Deno.test("a folder that goes leaves the folders above it where they hold something else", async () => {
  await using it = await place([...before, "x=1/c.txt"]);
  await finishSwap(it.root, swap, () => {});
  assert.deepEqual(await filesUnder(`${it.root}/x=1`), ["c.txt"]);
  await assert.rejects(Deno.lstat(`${it.root}/x=1/packed`), Deno.errors.NotFound);
});

Deno.test("a file of somebody in the place of a new one goes, though no earlier write left it", async () => {
  await using it = await place(["onnx/model.onnx", "onnx/notes.txt"]);
  const comes = { onnx: ["model.onnx"] };
  await finishSwap(it.root, { format: 1, goes: {}, comes, files: [], drops: [] }, () => {});
  assert.deepEqual(await filesUnder(`${it.root}/onnx`), ["model.onnx", "notes.txt"]);
  const came = await Deno.readTextFile(`${it.root}/onnx/model.onnx`);
  assert.equal(came, "new/folders/onnx/model.onnx");
});

Deno.test("a folder that comes without files is there, and what was in it is gone", async () => {
  await using it = await place(["onnx/model.onnx"]);
  await Deno.mkdir(`${it.root}/.decant-out/new/folders/bare`);
  await Deno.remove(`${it.root}/.decant-out/new/folders/onnx`, { recursive: true });
  await Deno.mkdir(`${it.root}/.decant-out/new/folders/onnx`);
  const goes = { onnx: ["model.onnx"] };
  const comes = { onnx: [], bare: [] };
  await finishSwap(it.root, { format: 1, goes, comes, files: [], drops: [] }, () => {});
  for (const name of ["onnx", "bare"]) {
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${it.root}/${name}`)), [], name);
  }
});

Deno.test("a folder that only goes may be made anew while it is away: what is in it stays", async () => {
  await using it = await place();
  const halt = async (point: SwapPoint) => {
    const gone = await Deno.lstat(`${it.root}/x=1/packed`).then(() => false, () => true);
    if (point === "folder-away" && gone) throw new Error("halted");
  };
  await assert.rejects(finishSwap(it.root, swap, halt), new Error("halted"));
  await write(it.root, ["x=1/packed/thesis.txt"]);
  await finishSwap(it.root, swap, () => {});
  assert.deepEqual(await filesUnder(`${it.root}/x=1`), ["packed/thesis.txt"]);
});

/** What stands in the way of the swap in a folder. */
async function inTheWay(root: string): Promise<string> {
  try {
    await assertFree(root, swap);
    return "";
  } catch (error) {
    assert.ok(error instanceof DecantError && error.code === "out", String(error));
    return error.message.replace(`${root}/`, "");
  }
}

Deno.test("what is in the way of a swap is named with what it is, before anything is moved", async () => {
  const sentence = (path: string, why: string) =>
    `\`${path}\` cannot be written: it ${why}. Move it away and run again`;
  const ways: readonly (readonly [string, string, string])[] = [
    ["x=1", "file", sentence("x=1", "is no folder")],
    ["onnx", "link", sentence("onnx", "is no folder")],
    ["onnx/model.onnx", "folder", sentence("onnx/model.onnx", "is a folder")],
    ["report.md", "folder", sentence("report.md", "is a folder")],
    ["onnx/model.onnx", "file", ""],
    ["recipe.lock.json", "folder", ""],
  ];
  for (const [path, what, expected] of ways) {
    await using it = await place([]);
    const whole = `${it.root}/${path}`;
    await Deno.mkdir(parentOf(whole), { recursive: true });
    if (what === "folder") await Deno.mkdir(whole);
    else if (what === "link") await Deno.symlink("..", whole);
    else await Deno.writeTextFile(whole, "");
    assert.equal(await inTheWay(it.root), expected, `${what} ${path}`);
  }
  await using it = await place();
  assert.equal(await inTheWay(it.root), "");
});

Deno.test("a place that cannot be looked at is not taken for one that is free", async () => {
  const root = await Deno.makeTempDir();
  try {
    const long = "a".repeat(300);
    const none = { ...swap, goes: {}, comes: {}, files: [] };
    const asked = [{ ...none, files: [long] }, { ...none, comes: { [long]: [] } }];
    for (const each of asked) {
      await assert.rejects(assertFree(root, each), (error) => !(error instanceof DecantError));
    }
    await assertFree(root, { ...none, files: ["short"], comes: { other: ["a/b"] } });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a file above a new one is in the way where it is not ours", async () => {
  const next = { ...swap, comes: { onnx: ["sub/model.onnx"] } };
  await using it = await place(["onnx/sub"]);
  await assert.rejects(
    assertFree(it.root, next),
    /onnx\/sub` cannot be written: it is no folder\./,
  );
  await assertFree(it.root, { ...next, goes: { onnx: ["sub"] } });
});

Deno.test("a folder on another disk is in the way: nothing is renamed across disks", async () => {
  await using it = await place();
  const { lstat } = Deno;
  try {
    Deno.lstat = async (path) => {
      const info = await lstat(path);
      return `${path}`.endsWith("/tfjs") ? { ...info, dev: info.dev + 1 } : info;
    };
    assert.match(await inTheWay(it.root), /^`tfjs` cannot be written: it is on another disk\./);
  } finally {
    Deno.lstat = lstat;
  }
});

Deno.test("a journal is one whose names all stay in the folder", () => {
  assert.ok(isSwap(swap));
  assert.ok(isSwap({ format: 1, goes: {}, comes: {}, files: [], drops: [] }));
  const wrong: readonly unknown[] = [
    null,
    undefined,
    3,
    { ...swap, format: 2 },
    { ...swap, goes: null },
    { ...swap, goes: "tfjs" },
    { ...swap, goes: { "../tfjs": [] } },
    { ...swap, goes: { tfjs: ["../x"] } },
    { ...swap, goes: { tfjs: "x" } },
    { ...swap, comes: { tfjs: [3] } },
    { ...swap, comes: { "": [] } },
    { ...swap, files: ["a/../../b"] },
    { ...swap, files: undefined },
    { ...swap, drops: ["/etc"] },
    { ...swap, drops: {} },
  ];
  for (const each of wrong) assert.equal(isSwap(each), false, JSON.stringify(each));
});

Deno.test("a path is inside where no part of it leads elsewhere", () => {
  const inside = ["a", "a/b", ".a", "a..b", "..."];
  const outside = ["", ".", "..", "a/..", "./a", "/a", "a//b", "a/", "a\\b", "a\0b"];
  assert.deepEqual(inside.filter((path) => !isInside(path)), []);
  assert.deepEqual(outside.filter(isInside), []);
});

Deno.test("only what has our own form is a leftover", () => {
  assert.match(`.${UUID}.tmp`, LEFTOVER);
  const others = [`${UUID}.tmp`, `.${UUID}.tmp2`, `a.${UUID}.tmp`, `.${UUID.slice(1)}.tmp`, ".tmp"];
  for (const name of others) assert.doesNotMatch(name, LEFTOVER);
});

Deno.test("the instants of a write and the places of its work have these names", () => {
  assert.deepEqual(points, [
    ...["lock-taken", "file-staged", "staged", "journal-written", "committed", "file-away"],
    ...["folder-away", "folder-in", "kept-back", "file-in", "finished", "cleared"],
  ]);
  const { coming, comingFile, going, goingFile, ...paths } = workIn("r");
  assert.deepEqual(paths, {
    folder: "r/.decant-out",
    fresh: "r/.decant-out/new",
    old: "r/.decant-out/old",
    lock: "r/.decant-out/lock",
    journal: "r/.decant-out/swap.json",
    journalPart: "r/.decant-out/swap.json.part",
  });
  assert.deepEqual([coming("a"), comingFile("a"), going("a"), goingFile("a")], [
    "r/.decant-out/new/folders/a",
    "r/.decant-out/new/files/a",
    "r/.decant-out/old/folders/a",
    "r/.decant-out/old/files/a",
  ]);
});
