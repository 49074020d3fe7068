import assert from "node:assert/strict";
import { audio } from "../../../../ops/data/audio/recording_folder.ts";
import type { Loaded } from "../../../../ops/data/samples.ts";
import { runContext } from "../../run_context.ts";
import { wave16 } from "./wave_bytes.ts";

Deno.test("a folder of recordings is told by its files", () => {
  assert.ok(audio.holds!(["yes/a.WAV"]) && audio.holds!(["val/yes/a.wav"]));
  assert.ok(!audio.holds!(["a.wav"]) && !audio.holds!(["yes/a.mp3"]));
});

Deno.test("a folder is read as what a recipe that says nothing means by sound", async () => {
  const files = { "d/yes/a.wav": wave16([0, 1]), "d/read.me": new Uint8Array() };
  const context = runContext({ files });
  const { train, classes } = await audio.readFolder!(
    { from: "d", task: "classification" },
    context,
  ) as Loaded;
  assert.deepEqual([train.input, train.count, classes], [[49, 40, 1], 1, ["yes"]]);
  assert.deepEqual(context.reported.warnings, [
    "1 file is left out, being no recording of a class: read.me",
  ]);
});
