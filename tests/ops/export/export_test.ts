import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Json, RunContext } from "../../../engine/op.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { exportFiles } from "../../../ops/export/export.ts";
import type { Format } from "../../../ops/export/format_fields.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";
import { assertClose, softmaxRows } from "../model/close.ts";
import { withIntegers } from "./quantized_by_hand.ts";

refuseLeaks(true);

const format: Format = { use: "tfjs", storage: "native", shard: "1 KiB", tolerance: 0.001 };
const drawn = initialModel(mobilenetV1.build([9, 9, 2], 5, { depth: 2, width: 0.25 }), 0);
const model = { ...withIntegers(drawn), preprocess: { scale: [1 / 255], offset: [0] } };
const count = 70;
const x = Uint8Array.from(stream(0, "noise").uniforms(0, count * 162), (u) => Math.floor(u * 256));
const data: Dataset = {
  meta: {
    input: [9, 9, 2],
    type: "uint8",
    task: "classification",
    classes: [],
    outputs: 5,
    normalize: { scale: [1 / 255], offset: [0] },
  },
  parts: { test: { count, x, y: null } },
};

function contextOf() {
  const notes: Record<string, Json> = {};
  const context = {
    signal: new AbortController().signal,
    progress: () => {},
    note: (name: string, value: Json) => notes[name] = value,
  } as unknown as RunContext;
  return { context, notes };
}

Deno.test("an export notes how its files compare on the first 64 test samples", async () => {
  const { context, notes } = contextOf();
  await exportFiles.run({ model, data }, format, context);
  const check = notes.check as Record<string, number | string>;
  assert.equal(check.runtime, "tfjs-layers 4.22.0 on its CPU backend");
  assert.equal(check.samples, 64);
  assert.equal(check.agreement, 1);
  assert.ok(check.difference as number < 1e-5 && check.reread as number < 1e-5);
});

Deno.test("a model without data or preprocessing is compared too", async () => {
  const plain = { ...model, preprocess: null };
  const [noise, prepared] = [contextOf(), contextOf()];
  await exportFiles.run({ model: plain, data: undefined }, format, noise.context);
  await exportFiles.run({ model: plain, data }, format, prepared.context);
  for (const { notes } of [noise, prepared]) {
    assert.equal((notes.check as Record<string, unknown>).samples, 64);
  }
});

Deno.test("files that do not compute what the model does fail the step", async () => {
  const run = async () =>
    await exportFiles.run({ model, data }, { ...format, tolerance: 0 }, contextOf().context);
  await assert.rejects(run, /the files do not compute what the model does: .* 0 is tolerated/);
});

Deno.test("people's tfjs, in a process of its own, loads the files and answers alike", async () => {
  const files = await exportFiles.run({ model, data }, format, contextOf().context);
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, bytes] of Object.entries(files)) {
      await Deno.writeFile(`${folder}/${path}`, bytes);
    }
    const samples = x.subarray(0, 3 * 162);
    const { answers, parameters } = await predicted({
      folder,
      x: [...samples],
      shape: [3, 9, 9, 2],
    });
    const logits = await withTensors((room) =>
      inferLogits(room, model, { count: 3, x: samples, y: null })
    );
    assertClose(answers, softmaxRows(logits, 5), 1e-5);
    // The model's own and, behind each of 6 layers with a kernel, 4 numbers per channel (head: its bias moved there).
    const channels = 8 + 8 + 16 + 16 + 32 + 5;
    const own = Object.values(model.weights).reduce((sum, { data }) => sum + data.length, 0);
    assert.equal(parameters, own + 4 * channels - 5);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function predicted(task: object): Promise<{ parameters: number; answers: number[] }> {
  const program = fileURLToPath(new URL("stock_predict.ts", import.meta.url));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", program],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(task)));
  await writer.close();
  const { success, stdout, stderr } = await process.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}
