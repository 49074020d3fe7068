import assert from "node:assert/strict";
import { unzipSync } from "../../../../engine/deps/fflate.ts";
import { readArchiveModel } from "../../../../ops/formats/keras/archive_model.ts";
import { zipSync } from "../../../deps.ts";
import { assertAnswers, savedBytes, singles } from "./support/saved.ts";

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

Deno.test("who wrote an archive says what an LSTM opens gates with, where its config does not", () => {
  const earlier = unzipSync(savedBytes("LSTM-earlier.keras"));
  const config = new TextDecoder().decode(earlier["config.json"]);
  const silent = config.replace('"recurrent_activation": "hard_sigmoid", ', "");
  assert.notEqual(silent, config);
  const gates = (version?: string) => {
    const files: Record<string, Uint8Array> = {
      ...earlier,
      "config.json": new TextEncoder().encode(silent),
    };
    delete files["metadata.json"];
    const model = read(
      version === undefined ? files : {
        ...files,
        "metadata.json": new TextEncoder().encode(`{"keras_version": "${version}"}`),
      },
    );
    return model.layers.map((layer) => layer.kind === "recurrent" && layer.gates);
  };
  assert.deepEqual([gates("2.21.0"), gates("3.0.0"), gates()], [
    ["hard-sigmoid"],
    ["sigmoid"],
    ["sigmoid"],
  ]);
});

Deno.test("an archive of Keras 2 answers as Keras 2 did", async () => {
  for (const name of singles(/-earlier$/)) await assertAnswers(name);
});

Deno.test("what its metadata say is noted, nothing where they say nothing", () => {
  const noted = (metadata: string | undefined) => {
    const found: unknown[] = [];
    const { "metadata.json": _own, ...others } = parts;
    const bytes = metadata === undefined ? {} : {
      "metadata.json": new TextEncoder().encode(metadata),
    };
    const note = (name: string, value: unknown) => void found.push([name, value]);
    readArchiveModel(zipSync({ ...others, ...bytes }), "a.keras", MEMORY, { note });
    return found;
  };
  assert.deepEqual(noted('{"keras_version": "3.9.0", "license": "MIT", "deep": {"a": 1}}'), [
    ["provenance", { license: "MIT", "keras_version": "3.9.0" }],
  ]);
  for (const metadata of [undefined, "{}"]) assert.deepEqual(noted(metadata), []);
});
