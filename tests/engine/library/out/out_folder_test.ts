/** A folder for people, opened: one process at a time, complete or as before, and what the disk refuses as a sentence. */
import assert from "node:assert/strict";
import type { DecantError } from "../../../../engine/error.ts";
import { isInterrupted, openOut } from "../../../../engine/library/out/out_folder.ts";
import { writeFiles } from "../../../../engine/library/write_out.ts";
import { StrangeFileError } from "../../../../engine/store/disk_file.ts";
import { writeVersion } from "../../../faults/out_driver.ts";
import { expected, folderOf, FOREIGN, versionIn } from "../../../faults/out_versions.ts";
import { filesUnder } from "../../../faults/small_cache.ts";

Deno.test("who finds another writing says so, waits, and can give up; who was interrupted before does not wait", async () => {
  await using place = await folderOf();
  const { root } = place;
  const held = await openOut(root);
  const said: string[] = [];
  const stop = new AbortController();
  const reason = new Error("enough");
  const waiting = (holder: string) => {
    said.push(holder);
    stop.abort(reason);
  };
  await assert.rejects(writeVersion(root, "b", { signal: stop.signal, waiting }), reason);
  assert.deepEqual(said, [`process ${Deno.pid}`]);
  await assert.rejects(writeVersion(root, "b", { signal: stop.signal }), reason);
  await held[Symbol.asyncDispose]();
  assert.equal(await versionIn(root), "a");
  await writeVersion(root, "b", { signal: stop.signal });
  assert.equal(await versionIn(root), "b");
});

Deno.test("interrupted before everything is written, a write leaves the folder as it was; after that it ends", async () => {
  for (const [point, version] of [["file-staged", "a"], ["staged", "a"], ["committed", "b"]]) {
    await using place = await folderOf(FOREIGN);
    const stop = new AbortController();
    const reason = new Error("enough");
    const at = (reached: string) => void (reached === point && stop.abort(reason));
    const wrote = writeVersion(place.root, "b", { signal: stop.signal, at });
    if (version === "a") await assert.rejects(wrote, reason);
    else await wrote;
    assert.equal(await versionIn(place.root, FOREIGN), version);
  }
});

Deno.test("what stands in the way is named, and nothing is changed", async () => {
  const ways: Readonly<Record<string, (root: string) => Promise<void>>> = {
    "tfjs": async (root) => {
      await Deno.rename(`${root}/tfjs`, `${root}/elsewhere`);
      await Deno.symlink("elsewhere", `${root}/tfjs`);
    },
    "tfjs/model.json": async (root) => {
      await Deno.remove(`${root}/tfjs/model.json`);
      await Deno.mkdir(`${root}/tfjs/model.json/mine`, { recursive: true });
    },
    "report.html": async (root) => {
      await Deno.remove(`${root}/report.html`);
      await Deno.mkdir(`${root}/report.html`);
    },
    ".decant-out/lock": async (root) => {
      await Deno.mkdir(`${root}/.decant-out/lock`, { recursive: true });
    },
    ".decant-out": (root) => Deno.symlink("..", `${root}/.decant-out`),
    ".decant-out/swap.json": async (root) => {
      await Deno.mkdir(`${root}/.decant-out`);
      await Deno.writeTextFile(`${root}/.decant-out/swap.json`, '{"format":1,"goes":{"../x":[]}}');
    },
  };
  for (const [path, put] of Object.entries(ways)) {
    await using place = await folderOf();
    const { root } = place;
    await put(root);
    const before = await filesUnder(root);
    await assert.rejects(writeVersion(root, "b"), (error: DecantError) => {
      assert.equal(error.code, "out", path);
      assert.ok(error.message.includes(`${root}/${path}`), error.message);
      return true;
    });
    // Beside a journal that nobody can read the lock file stays too.
    const after = await filesUnder(root);
    assert.deepEqual(after.filter((each) => each !== ".decant-out/lock"), before, path);
  }
});

Deno.test("temporary files of our own form go, others stay", async () => {
  await using place = await folderOf();
  const { root } = place;
  const ours = `.${crypto.randomUUID()}.tmp`;
  for (const path of [ours, `tfjs/${ours}`, "mine.tmp"]) {
    await Deno.writeTextFile(`${root}/${path}`, "");
  }
  await writeVersion(root, "b");
  assert.deepEqual(await filesUnder(root), expected("b", ["mine.tmp"]));
});

Deno.test("a model is saved all or none, and what is beside it stays", async () => {
  await using place = await folderOf();
  const { root } = place;
  const before = await filesUnder(root);
  await writeFiles(root, { "weights.bin": new Uint8Array(3), "sub/model.json": new Uint8Array(1) });
  assert.deepEqual(await filesUnder(root), [...before, "sub/model.json", "weights.bin"].sort());
});

Deno.test("what the disk refuses is said with a way out; what it did not refuse is thrown as it is", async () => {
  await using place = await folderOf();
  const { root } = place;
  const coded = (code: unknown) => Object.assign(new Error("odd"), { code });
  const refused = async (error: unknown): Promise<unknown> => {
    const at = () => {
      throw error;
    };
    const opened = openOut(root, { at }).then(() => "opened");
    return await opened.catch((thrown) => {
      if (thrown === error) return "thrown";
      assert.equal(thrown.code, "out");
      assert.equal(thrown.cause, error);
      assert.equal(thrown.help, undefined);
      return thrown.message.replace(`\`${root}\` cannot be written: `, "");
    });
  };
  const sentences = {
    ENOSPC: "the disk is full. Make room, or give another folder",
    EDQUOT: "the disk is full. Make room, or give another folder",
    EROFS: "it is read-only. Give another folder",
    EACCES: "it is read-only. Give another folder",
    EPERM: "it is read-only. Give another folder",
    ENOTDIR: "there is a file in the way. Move it away, or give another folder",
    EEXIST: "there is a file in the way. Move it away, or give another folder",
    ENOENT: "it was removed while it was being written. Run again",
    EODD: "odd",
  };
  for (const [code, sentence] of Object.entries(sentences)) {
    assert.equal(await refused(coded(code)), sentence);
  }
  const strange = new StrangeFileError("/there", "a folder");
  assert.equal(await refused(strange), "/there is a folder; move it away");
  assert.equal(await refused(coded(20)), "thrown", "an abortion has a number for a code");
  const denied = Object.assign(new Deno.errors.NotCapable("no"), { code: "EACCES" });
  assert.equal(await refused(denied), "thrown");
  // Whoever failed to open it has let go of it.
  await (await openOut(root, { waiting: () => assert.fail("it is free") }))[Symbol.asyncDispose]();
  assert.deepEqual(await filesUnder(root), expected("a", []));
});

Deno.test("a journal that nobody can read is named with what lies where, and stays", async () => {
  await using place = await folderOf();
  const work = `${place.root}/.decant-out`;
  await Deno.mkdir(work);
  await Deno.writeTextFile(`${work}/swap.json`, "{");
  await assert.rejects(openOut(place.root), {
    code: "out",
    message: `\`${place.root}\` cannot be written: an interrupted run has to be finished first, ` +
      `and ${work}/swap.json is damaged. What was there before is in ${work}/old, what was to ` +
      `come in ${work}/new; take what you need and remove ${work}`,
  });
  assert.equal(await isInterrupted(place.root), true);
  assert.equal(await Deno.readTextFile(`${work}/swap.json`), "{");
});

Deno.test("a write that fails before it is committed leaves nothing staged, and nothing is interrupted", async () => {
  await using place = await folderOf(FOREIGN);
  const { root } = place;
  for (const instant of ["file-staged", "staged", "journal-written"]) {
    const out = await openOut(root, {
      at: (point) => {
        if (point === instant) throw new Error(point);
      },
    });
    const next = { folders: {}, files: { "a.txt": new Uint8Array(1) }, goes: {}, drops: [] };
    await assert.rejects(out.replace(next), new Error(instant));
    assert.deepEqual(await filesUnder(`${root}/.decant-out`), ["lock"], instant);
    assert.equal(await isInterrupted(root), false);
    await out[Symbol.asyncDispose]();
    assert.equal(await versionIn(root, FOREIGN), "a");
  }
});

Deno.test("a write passes its instants in order, and leaves nothing hidden", async () => {
  await using place = await folderOf();
  const { root } = place;
  const told: string[] = [];
  const out = await openOut(root, { at: (point) => void told.push(point) });
  assert.deepEqual(told.splice(0), ["lock-taken"]);
  await out.replace({ folders: {}, files: { "a.txt": new Uint8Array(1) }, goes: {}, drops: [] });
  assert.deepEqual(told, [
    ...["file-staged", "staged", "file-staged", "journal-written", "committed"],
    ...["file-away", "kept-back", "file-in", "finished", "cleared"],
  ]);
  assert.deepEqual(await filesUnder(`${root}/.decant-out`), ["lock"]);
  await out[Symbol.asyncDispose]();
  await assert.rejects(Deno.lstat(`${root}/.decant-out`), Deno.errors.NotFound);
});

Deno.test("stopped after it is committed, a write is finished by whoever opens the folder next", async () => {
  await using place = await folderOf(FOREIGN);
  const { root } = place;
  const at = (point: string) => {
    if (point === "kept-back") throw new Error("stopped");
  };
  await assert.rejects(writeVersion(root, "b", { at }), new Error("stopped"));
  assert.equal(await isInterrupted(root), true);
  const told: string[] = [];
  const out = await openOut(root, { at: (point) => void told.push(point) });
  assert.equal(told.at(-1), "finished");
  await out[Symbol.asyncDispose]();
  assert.equal(await versionIn(root, FOREIGN), "b");
});

Deno.test("a folder of the form of our temporary files is somebody else's", async () => {
  await using place = await folderOf();
  const name = `.${crypto.randomUUID()}.tmp`;
  await Deno.mkdir(`${place.root}/${name}`);
  await (await openOut(place.root))[Symbol.asyncDispose]();
  assert.ok((await Deno.lstat(`${place.root}/${name}`)).isDirectory);
});
