/** The files in a folder, compared with the report and the lock that lie beside them. */
import assert from "node:assert/strict";
import { canonicalBytes, digestOf } from "../../../../engine/digest.ts";
import { filesDigest } from "../../../../engine/files.ts";
import { openOut } from "../../../../engine/library/out/out_folder.ts";
import { verifyOut } from "../../../../engine/library/out/verify_out.ts";
import { reportIn } from "../../../../engine/library/write_out.ts";
import { folderOf } from "../../../faults/out_versions.ts";

Deno.test("verification names what is changed, missing and added, and finishes what was interrupted", async () => {
  await using place = await folderOf();
  const { root } = place;
  await Deno.remove(`${root}/recipe.lock.json`);
  const sound = await verifyOut(root);
  assert.deepEqual(sound, { exports: 2, files: 7, locked: false, differences: [], added: [] });
  await Deno.writeTextFile(`${root}/tfjs/model.json`, "aaaaaaaab");
  await Deno.remove(`${root}/tfjs/group1-shard2of5.bin`);
  await Deno.remove(`${root}/x=1/packed/it.bin`);
  await Deno.mkdir(`${root}/x=1/packed/it.bin`);
  await Deno.writeTextFile(`${root}/tfjs/notes.txt`, "mine");
  const { differences, added } = (await verifyOut(root))!;
  assert.deepEqual(differences, [
    { path: "tfjs/group1-shard2of5.bin", what: "missing" },
    { path: "tfjs/model.json", what: "changed" },
    { path: "x=1/packed/it.bin", what: "changed" },
  ]);
  assert.deepEqual(added, ["tfjs/notes.txt"]);
  await Deno.remove(`${root}/x=1/packed/it.bin`);
  const lock = { format: 1, sources: [], steps: [] };
  await Deno.writeFile(`${root}/recipe.lock.json`, canonicalBytes(lock));
  assert.deepEqual(
    (await verifyOut(root))!.differences.filter(({ what }) => what === "unlocked"),
    [{ path: "tfjs/", what: "unlocked" }, { path: "x=1/packed/", what: "unlocked" }],
  );
  assert.equal(await verifyOut(`${root}/tfjs`), undefined);
  assert.equal(await verifyOut(`${root}/absent`), undefined);
  await assert.rejects(Deno.stat(`${root}/absent`), Deno.errors.NotFound, "a look makes nothing");
});

Deno.test("the document of an export is a file of its folder, which no lock determines", async () => {
  await using place = await folderOf();
  const { root } = place;
  const report = JSON.parse(await Deno.readTextFile(`${root}/report.json`));
  const text = new TextEncoder().encode("{}");
  report.exports[0].document = { path: "told.json", digest: digestOf(text), bytes: 2 };
  await Deno.writeTextFile(`${root}/report.json`, JSON.stringify(report));
  await Deno.remove(`${root}/recipe.lock.json`);
  const { folder } = report.exports[0];
  const found = async () => {
    const { files, differences, added } = (await verifyOut(root))!;
    return { files, differences, added };
  };
  const missing = { path: `${folder}/told.json`, what: "missing" };
  assert.deepEqual(await found(), { files: 8, differences: [missing], added: [] });
  await Deno.writeFile(`${root}/${folder}/told.json`, text);
  assert.deepEqual(await found(), { files: 8, differences: [], added: [] });
});

Deno.test("a lock is held against each export by its step; what it says of others does not matter", async () => {
  await using place = await folderOf();
  const { root } = place;
  const { exports } = await reportIn(root);
  const step = (name: string, digest: string) => ({
    name,
    key: "k",
    artifact: { digest, kind: "files", bytes: 1 },
  });
  const steps = exports.map(({ step: name, files }) => step(name, filesDigest(files)));
  const locked = async (steps: readonly ReturnType<typeof step>[]) => {
    const lock = { format: 1, sources: [], steps: [step("other", "0"), ...steps] };
    await Deno.writeFile(`${root}/recipe.lock.json`, canonicalBytes(lock));
    return (await verifyOut(root))!;
  };
  assert.deepEqual(await locked(steps), {
    exports: 2,
    files: 7,
    locked: true,
    differences: [],
    added: [],
  });
  const packed = steps[1]!;
  assert.deepEqual((await locked([step("export-tfjs", "0"), packed])).differences, [
    { path: "tfjs/", what: "unlocked" },
  ]);
});

Deno.test("a report that lists no export is unlocked where the lock has one, and changed where it is none", async () => {
  await using place = await folderOf();
  const { root } = place;
  const artifact = { digest: "0", kind: "files", bytes: 1 };
  const lockWith = (kind: string) =>
    Deno.writeFile(
      `${root}/recipe.lock.json`,
      canonicalBytes({
        format: 1,
        sources: [],
        steps: [
          { name: "a", key: "k", artifact: { ...artifact, kind: "model" } },
          { name: "b", key: "k", artifact: { ...artifact, kind } },
        ],
      }),
    );
  await lockWith("files");
  await Deno.writeTextFile(`${root}/report.json`, `{"format":1}`);
  const differences = async () => (await verifyOut(root))!.differences;
  assert.deepEqual(await differences(), [{ path: "report.json", what: "unlocked" }]);
  await lockWith("metrics");
  assert.deepEqual(await differences(), []);
  await Deno.writeTextFile(`${root}/report.json`, "{}");
  assert.deepEqual(await differences(), [{ path: "report.json", what: "changed" }]);
});

Deno.test("a lock that is none is named with its folder", async () => {
  await using place = await folderOf();
  const path = `${place.root}/recipe.lock.json`;
  await Deno.writeTextFile(path, "{");
  await assert.rejects(verifyOut(place.root), (error: Error) => {
    assert.ok(error.message.includes(path), error.message);
    return true;
  });
});

Deno.test("files that were added are listed in order, those in folders too; an export that is gone has none", async () => {
  await using place = await folderOf();
  const { root } = place;
  await Deno.remove(`${root}/recipe.lock.json`);
  await Deno.mkdir(`${root}/tfjs/sub`);
  for (const path of ["x=1/packed/z", "tfjs/z", "tfjs/a", "tfjs/sub/b"]) {
    await Deno.writeTextFile(`${root}/${path}`, "");
  }
  assert.deepEqual((await verifyOut(root))!.added, [
    "tfjs/a",
    "tfjs/sub/b",
    "tfjs/z",
    "x=1/packed/z",
  ]);
  await Deno.remove(`${root}/x=1`, { recursive: true });
  await Deno.writeTextFile(`${root}/x=1`, "a file");
  const { differences } = (await verifyOut(root))!;
  assert.deepEqual(differences, [{ path: "x=1/packed/it.bin", what: "missing" }]);
});

Deno.test("verification waits for whoever writes, and ends when it is told to", async () => {
  await using place = await folderOf();
  const { root } = place;
  const held = await openOut(root);
  const stop = new AbortController();
  const reason = new Error("enough");
  const waiting = () => stop.abort(reason);
  await assert.rejects(verifyOut(root, { signal: stop.signal, waiting }), reason);
  await held[Symbol.asyncDispose]();
  await Deno.remove(`${root}/recipe.lock.json`);
  await assert.rejects(verifyOut(root, { signal: stop.signal }), reason);
});

Deno.test("a folder that cannot be written to is read all the same, but not one with an interrupted write", async () => {
  await using place = await folderOf();
  const { root } = place;
  await Deno.remove(`${root}/recipe.lock.json`);
  // A file where the lock's folder would be: nobody can open it to write.
  await Deno.writeTextFile(`${root}/.decant-out`, "");
  assert.deepEqual((await verifyOut(root))?.differences, []);
  await Deno.remove(`${root}/.decant-out`);
  await Deno.mkdir(`${root}/.decant-out`);
  await Deno.writeTextFile(`${root}/.decant-out/swap.json`, "{");
  await assert.rejects(verifyOut(root), /swap\.json is damaged/);
});

Deno.test("the page beside the report is compared with what the report lists", async () => {
  await using place = await folderOf();
  const { root } = place;
  await Deno.remove(`${root}/recipe.lock.json`);
  const report = JSON.parse(await Deno.readTextFile(`${root}/report.json`));
  const bytes = new TextEncoder().encode("page");
  report.exports[0].page = { path: "try.html", digest: digestOf(bytes), bytes: 4, of: "all" };
  await Deno.writeTextFile(`${root}/report.json`, JSON.stringify(report));
  const found = async () => (await verifyOut(root))!.differences;
  assert.deepEqual(await found(), [{ path: "try.html", what: "missing" }]);
  await Deno.writeFile(`${root}/try.html`, bytes);
  assert.deepEqual(await found(), []);
  await Deno.writeTextFile(`${root}/try.html`, "pagf");
  assert.deepEqual(await found(), [{ path: "try.html", what: "changed" }]);
});
