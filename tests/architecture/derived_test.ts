import assert from "node:assert/strict";
import { opSet } from "../../engine/op.ts";
import { stagesOf } from "../../engine/recipe/words/language.ts";
import { topics } from "../../engine/recipe/words/topics.ts";
import { modelFacts } from "../../ops/model/layers.ts";
import { ops } from "../../ops/mod.ts";
import { zooNetworks } from "../ops/zoo_networks.ts";
import { documents, fresh } from "./derived.ts";
import { fromFileUrl } from "./imports.ts";

const read = (document: string) => Deno.readTextFile(fromFileUrl(document));

/** A text as its words: the formatter breaks lines and pads tables. */
const words = (text: string) => text.replace(/\s+/g, " ").replace(/-{3,}/g, "---");

for (const document of documents) {
  Deno.test(`${document} says what the code says; \`deno task docs\` writes it anew`, async () => {
    assert.equal(words(await read(document)), words(await fresh(document)));
  });
}

Deno.test("where documents tell the order of the stages, it is that of the language", async () => {
  const order = stagesOf(opSet(ops)).map(({ name }) => name);
  for (const document of ["README.md", "recipes/README.md", "engine/README.md"]) {
    const told = /`replace`,? `distill`(?:(?:,| or)? `[a-z]+`)+/.exec(words(await read(document)));
    const names = [...told?.[0].matchAll(/`([a-z]+)`/g) ?? []].map(([, name]) => name!);
    assert.ok(names.length > 4, `${document} tells the stages`);
    assert.deepEqual(names, order.filter((each) => names.includes(each)), document);
  }
});

Deno.test("the types that selectors are told to take are types of layers of the zoo", () => {
  const { description } = topics.find(({ name }) => name === "selectors")!;
  const told = /`type:` with one of `([^`]+)`/.exec(words(description))![1]!.split(" ");
  const state = { learned: true, established: {} };
  const layers = Object.values(zooNetworks).flatMap((network) =>
    modelFacts(network, state).layers ?? []
  );
  const types = new Set(layers.map(({ type }) => type));
  assert.deepEqual(told.filter((each) => !types.has(each)), []);
  // What holds most of the weights is told; norms are found by name.
  const left = layers.filter(({ type, parameters }) => parameters > 0 && !told.includes(type));
  assert.deepEqual([...new Set(left.map(({ type }) => type))].sort(), ["layer-norm"]);
});
