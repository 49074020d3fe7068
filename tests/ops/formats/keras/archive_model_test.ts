import assert from "node:assert/strict";
import { unzipSync } from "../../../../engine/deps/fflate.ts";
import { readArchiveModel } from "../../../../ops/formats/keras/archive_model.ts";
import { zipSync } from "../../../deps.ts";
import { savedBytes } from "./saved.ts";

const MEMORY = 1 << 30;
const sound = savedBytes("net_rows.keras");
const parts = unzipSync(sound);
const read = (files: Record<string, Uint8Array>) =>
  readArchiveModel(zipSync(files), "a.keras", MEMORY);

Deno.test("an archive as Keras packs it and one packed anew are the same model", () => {
  const one = readArchiveModel(sound, "a.keras", MEMORY);
  assert.deepEqual(one.layers.map(({ kind }) => kind), ["dense", "dropout", "dense"]);
  assert.deepEqual(read(parts), one);
  assert.deepEqual(readArchiveModel(zipSync(parts, { level: 0 }), "a.keras", MEMORY), one);
});

Deno.test("an archive without its parts, and one larger than memory, are told to be so", () => {
  const { "config.json": config, "model.weights.h5": weights } = parts;
  assert.throws(
    () => read({ "model.weights.h5": weights! }),
    /`a\.keras` has no `config\.json`/,
  );
  assert.throws(() => read({ "config.json": config! }), /`a\.keras` has no `model\.weights\.h5`/);
  assert.throws(() => readArchiveModel(sound, "a.keras", 1000), /more than half of the budget/);
  assert.throws(
    () => read({ ...parts, "model.weights.h5": weights!.slice(0, 2000) }),
    /Cannot read "a\.keras\/model\.weights\.h5": it is damaged or cut off/,
  );
});
