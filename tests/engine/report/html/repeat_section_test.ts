import assert from "node:assert/strict";
import type { About } from "../../../../engine/recipe/recipe.ts";
import { repeatSection } from "../../../../engine/report/html/repeat_section.ts";
import type { Origin } from "../../../../engine/run/origin.ts";
import { fakeOps, graphOf, nowhere } from "../../run/support/fake.ts";
import { texts } from "../support/parse_html.ts";
import { shownSection, subject } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich } from "../support/rich.ts";

const ops = fakeOps();

function page(about: Partial<About> = {}, origin: Partial<Origin> = {}, more: object = {}) {
  const graph = graphOf([{ name: "one", op: ops.constant, params: { value: 1 } }], {
    about: { name: "numbers", authors: [], references: [], ...about },
    seed: 7,
  });
  return shownSection(repeatSection(subject(graph, { origin: { set: {}, ...origin }, ...more })));
}

const card = (shown: ReturnType<typeof page>) => {
  const values = texts(shown, "dd");
  return texts(shown, "dt").map((name, at) => `${name}: ${values[at]}`);
};

Deno.test("who wrote the recipe and what it rests on is there where the recipe says it", () => {
  assert.deepEqual(card(page()), [
    "seed: 7",
    "run: 2026-11-24 14:05 UTC on nowhere",
    "machine: linux x86_64, 1 × abacus, 1 thread",
    "kernels: WebAssembly kernels",
    "programs: Deno 0, V8 0, numerics 1",
  ]);
  const about = { authors: ["a", "b"], license: "MIT", references: ["c"] };
  assert.deepEqual(card(page(about)).slice(0, 3), [
    "authors: a, b",
    "license: MIT",
    "references: c",
  ]);
  const document = { environment: { ...nowhere, threads: 4 } };
  assert.match(card(page({}, {}, { document }))[2]!, /4 threads$/);
});

Deno.test("a recipe that stands in a document is run from there, another is to be saved first", () => {
  const here = page({}, { source: "numbers.yaml" });
  assert.match(texts(here, "pre")[0]!, /run numbers\.yaml/);
  assert.deepEqual(texts(here, "p"), []);
  assert.deepEqual(texts(page(), "p"), ["Save the expanded recipe as numbers.yaml."]);
});

Deno.test("recipe, what it extends, its expansion and the lock are folded below", () => {
  assert.deepEqual(texts(page(), "summary"), ["the recipe with everything implied written out"]);
  const lock = { format: 1, recipe: "numbers", numerics: 1, sources: [], steps: [] } as const;
  const documents = [{ source: "own.yaml", text: "own" }, { source: "base.yaml", text: "base" }];
  const full = page({}, { text: "name: numbers", documents } as never, { lock });
  assert.deepEqual(texts(full, "summary"), [
    "the recipe as written",
    "what it starts from: base.yaml",
    "the recipe with everything implied written out",
    "the lock: what was read and made, by digest",
  ]);
  const written = texts(full, "details pre");
  assert.deepEqual(written.slice(0, 2), ["name: numbers", "base"]);
  assert.match(written[2]!, /op: constant/);
  assert.deepEqual(JSON.parse(written[3]!), lock);
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("repeat", repeatSection(rich).body);
});

Deno.test("a page of a large run leaves the lock and the whole recipe to the files beside it", () => {
  const folded = { steps: [], models: 0, expect: { met: 0, missed: 0 }, problems: 0 };
  const text = texts(
    shownSection(repeatSection(subject(graphOf([]), { document: { folded } }))),
    "body",
  ).join(
    " ",
  );
  assert.match(text, /The lock lies beside this page/);
  assert.doesNotMatch(text, /with everything implied/);
});
