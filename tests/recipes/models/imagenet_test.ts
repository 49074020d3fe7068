/** A ResNet-101 of torchvision teaches a MobileNet v2, which is pruned and stored as int8: planned, not run. */
import assert from "node:assert/strict";
import { load, memoryStore } from "../../../mod.ts";
import { encodePng } from "../../../engine/deps/fast_png.ts";

const RECIPE = new URL("../../fixtures/recipes/imagenet.yaml", import.meta.url);

/** Counts and work of models that a plan knows before anything runs, by step. */
async function planned(folder: string) {
  const picture = encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(12) });
  for (const name of ["a", "b"]) {
    await Deno.mkdir(`${folder}/photos/${name}`, { recursive: true });
    for (const index of [0, 1]) {
      await Deno.writeFile(`${folder}/photos/${name}/${index}.png`, picture);
    }
  }
  const classes = ["a", "b", ...Array.from({ length: 998 }, (_, i) => `c${i}`)];
  await Deno.writeTextFile(`${folder}/classes.txt`, classes.join("\n"));
  await Deno.writeFile(`${folder}/resnet101.safetensors`, new Uint8Array());
  await Deno.copyFile(RECIPE, `${folder}/imagenet.yaml`);
  const { steps } = await (await load(`${folder}/imagenet.yaml`)).plan({ cache: memoryStore() });
  return new Map(steps.map(({ node }) => [node.step.name, node]));
}

Deno.test("a plan of ResNet-101, MobileNet v2, half of its channels and int8 knows what each weighs", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const steps = await planned(folder);
    const of = (name: string) => {
      const facts = steps.get(name)!.facts as { parameters?: number; macs?: number };
      return [facts.parameters, facts.macs];
    };
    // Published: 44,549,160 and 3,504,872, to which the moving statistics of batch normalisation come.
    assert.deepEqual(of("teacher"), [44_654_504, 7_801_405_440]);
    assert.deepEqual(of("student"), [3_538_984, 300_774_272]);
    assert.deepEqual(of("distilled"), of("student"));
    const [parameters, macs] = of("pruned");
    assert.ok(parameters! < 3_538_984 / 2 && macs! < 300_774_272 / 2.5, `${parameters} ${macs}`);
    assert.ok(steps.has("quantized") && steps.has("export-onnx"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
