import assert from "node:assert/strict";
import type { Digest } from "../../../engine/digest.ts";
import { namedSources, type ReadingStep, sourceRows } from "../../../engine/run/source_rows.ts";
import { fakeOps, graphOf } from "./support/fake.ts";

const license = (text: string, place = "package.json") => [{ in: place, says: { license: text } }];
const source = (written: string, stated?: ReturnType<typeof license>) => ({
  written,
  digest: `digest of ${written}` as Digest,
  ...stated && { stated },
});
const row = (written: string, stated?: ReturnType<typeof license>) => ({
  source: written,
  sha256: `digest of ${written}`,
  ...stated && { stated },
});
const noted = (license: string) => ({ notes: { provenance: { license } } });

Deno.test("each source is there once, in order, with what stands beside it and then what its files say", () => {
  const steps: ReadingStep[] = [
    { sources: [source("z"), source("b", license("MIT"))] },
    { sources: [source("b", license("MIT")), source("a")], outcome: noted("BSD") },
    { sources: [source("b")], outcome: { notes: {} } },
    { sources: [], outcome: noted("of no source") },
  ];
  const both = [...license("MIT"), ...license("BSD", "its files")];
  assert.deepEqual(sourceRows(steps), [row("a"), row("b", both), row("z")]);
  assert.deepEqual(sourceRows(steps.toReversed()), [row("a"), row("b", both), row("z")]);
  assert.deepEqual(sourceRows([]), []);
});

Deno.test("of a run the sources that its recipe names are told, as far as steps could be begun", () => {
  const { file } = fakeOps();
  const graph = graphOf([
    { name: "one", op: file, params: { from: "./a" } },
    { name: "two", op: file, params: { from: "./b" } },
  ]);
  const read = (step: string) =>
    step === "one" ? { sources: [source("./a"), source("./a-shard")] } : undefined;
  assert.deepEqual(namedSources(graph, read), [row("./a")]);
});
