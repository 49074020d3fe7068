/** Ops whose parameters choose from lists with entries of one's own. */
import assert from "node:assert/strict";
import {
  type AnyOp,
  ByType,
  Choice,
  defineOp,
  ListOf,
  OneOf,
  Source,
  Type,
} from "../../../engine/op.ts";
import { chosenDefinition, namedEntries, ownEntry } from "../../../engine/own/entry.ts";
import type { OwnList } from "../../../engine/own/entry.ts";
import { withOwn } from "../../../engine/own/with_own.ts";
import { metricsKind } from "../../../engine/metrics.ts";
import { runContext } from "../../ops/run_context.ts";

const number = (description: string) => Type.Number({ default: 1, description });
const shipped = Type.Object({ size: number("The size") }, { description: "Shipped" });

/** What the functions of the op were given, by name. */
let given: Record<string, unknown> = {};
const keep = <T>(name: string, result: T) => (params: unknown): T => {
  given[name] = params;
  return result;
};

const op: AnyOp = defineOp({
  name: "measure-it",
  version: 1,
  summary: "Has a place of each kind",
  inputs: {},
  output: metricsKind,
  metrics: [{ name: "accuracy", dimension: "fraction" }],
  params: Type.Object({
    loss: ListOf(Choice({ shipped }, { description: "A term", own: { list: "terms" } }), {
      description: "The terms",
    }),
    block: Type.Object({
      format: Choice({ shipped }, {
        description: "A format",
        own: { list: "formats", shared: { tolerance: number("The tolerance") } },
      }),
    }, { description: "A block" }),
    metrics: ListOf(
      OneOf(["accuracy"], { description: "A figure", own: { list: "metrics" } }),
      { description: "The figures" },
    ),
    from: Type.Optional(ByType({
      string: Source({ description: "A file", own: { list: "readers" } }),
      object: Type.Object({ train: Source({ description: "A file", own: { list: "readers" } }) }),
    }, { description: "The files" })),
  }),
  example: {},
  source: keep("source", ["a"]),
  random: keep("random", true),
  trainsInside: keep("trainsInside", true),
  needs: keep("needs", undefined),
  fetches: keep("fetches", undefined),
  facts: (_inputs, params) => keep("facts", { kind: "metrics" } as const)(params),
  run: (_inputs, params) => keep("run", { metrics: {} })(params),
});

const entry = (list: OwnList, name: string, more: object = {}) =>
  ownEntry(list, { name, version: 2, module: "file:///m.ts" }, { name: () => name }, {
    definition: { is: name },
    ...more,
  });

const focal = entry("terms", "focal", {
  fields: Type.Object({ gamma: number("The power") }, { description: "Focal" }),
});
const json = entry("formats", "json", {
  fields: Type.Object({ indent: number("The spaces") }, { description: "JSON" }),
});
const worst = entry("metrics", "worst", {
  metric: { name: "worst", dimension: "fraction", better: "more" },
});
const points = entry("readers", "points", { suffixes: ["points"] });

const plain = {
  loss: [{ use: "shipped", size: 1 }],
  block: { format: { use: "shipped", size: 1 } },
  metrics: ["accuracy"],
};

Deno.test("an op without a place for any of the entries is given back as it is", () => {
  assert.equal(withOwn(op, [entry("families", "funnel")]), op);
  assert.equal(withOwn(op, []), op);
  assert.notEqual(withOwn(op, [points]), op, "a source has a place though no schema shows it");
});

Deno.test("choices and words have the entries beside their own, with what all alternatives have", () => {
  const { properties } = withOwn(op, [focal, json, worst]).params;
  const terms = properties.loss["x-list"].items["x-choice"].alternatives;
  assert.deepEqual(Object.keys(terms), ["shipped", "focal"]);
  assert.equal(terms.focal, focal.fields);
  const formats = properties.block.properties.format["x-choice"].alternatives;
  assert.deepEqual(Object.keys(formats.json.properties), ["indent", "tolerance"]);
  assert.equal(formats.json.description, "JSON");
  assert.deepEqual(properties.metrics["x-list"].items.enum, ["accuracy", "worst"]);
  assert.equal(properties.from, op.params.properties.from, "what has no place stays as it is");
  const before = op.params.properties.loss["x-list"].items["x-choice"].alternatives;
  assert.deepEqual(Object.keys(before), ["shipped"], "the op itself is as it was");
});

Deno.test("an entry that may say nothing has the shared fields alone", () => {
  const { format } = withOwn(op, [entry("formats", "bare")]).params.properties.block.properties;
  const { bare } = format["x-choice"].alternatives;
  assert.deepEqual(Object.keys(bare.properties), ["tolerance"]);
});

Deno.test("two entries of one list do not share a name, nor one with what ships", () => {
  assert.throws(() => withOwn(op, [focal, focal]), {
    name: "DecantError",
    code: "usage",
    message: 'Cannot list two terms named "focal"',
    help: "give yours another name",
  });
  assert.throws(() => withOwn(op, [entry("terms", "shipped")]), /two terms named "shipped"/);
  assert.throws(() => withOwn(op, [entry("metrics", "accuracy")]), /two metrics named "accuracy"/);
  withOwn(op, [entry("terms", "json"), json]);
});

Deno.test("an op that measures measures what is one's own too", () => {
  assert.deepEqual(withOwn(op, [worst]).metrics!.map(({ name }) => name), ["accuracy", "worst"]);
  const { metrics: _, ...silent } = op;
  assert.equal("metrics" in withOwn(silent as AnyOp, [worst]), false);
});

Deno.test("what parameters use is told in the order of lists and names, each once, and not what they leave", () => {
  const all = withOwn(op, [worst, points, json, focal, entry("terms", "dice")]);
  assert.deepEqual(all.own!(plain), []);
  const used = all.own!({
    loss: [{ use: "focal", gamma: 1 }, { use: "dice" }, { use: "focal", gamma: 2 }],
    block: { format: { use: "json", indent: 1, tolerance: 1 } },
    metrics: ["worst", "accuracy"],
    from: "./a.points",
  });
  assert.deepEqual(used.map(({ list, name }) => `${list} ${name}`), [
    ...["formats json", "metrics worst", "readers points", "terms dice", "terms focal"],
  ]);
  const { definition: _, fields: _fields, ...reference } = json;
  assert.deepEqual(used[0], reference);
  const parts = all.own!({ ...plain, from: { train: "b.points.gz" } });
  assert.deepEqual(parts.map(({ name }) => name), ["points"]);
  assert.deepEqual(all.own!({ ...plain, from: "points" }), [], "a source is no name");
});

Deno.test("every function of the op is given the definitions in its parameters, and they change nothing else", async () => {
  const own = withOwn(op, [focal, worst, json]);
  const params = {
    ...plain,
    loss: [...plain.loss, { use: "focal", gamma: 2 }],
    metrics: ["worst"],
  };
  const written = structuredClone(params);
  given = {};
  assert.deepEqual(own.source(params), ["a"]);
  assert.deepEqual([own.random(params), own.trainsInside(params)], [true, true]);
  assert.equal(own.needs!(params), undefined);
  assert.equal(own.fetches!(params), undefined);
  assert.deepEqual(own.facts({}, params), { kind: "metrics" });
  await own.run({}, params, runContext());
  const names = ["source", "random", "trainsInside", "needs", "fetches", "facts", "run"];
  assert.deepEqual(Object.keys(given), names);
  for (const name of names) {
    const seen = given[name] as typeof params;
    assert.deepEqual(JSON.parse(JSON.stringify(seen)), written, name);
    assert.equal(chosenDefinition(seen.loss[1]!), focal.definition, name);
    assert.equal(chosenDefinition(seen.loss[0]!), undefined, name);
    assert.deepEqual(namedEntries(seen, "metrics"), [worst], name);
  }
  assert.deepEqual(Reflect.ownKeys(params.loss[1]!), ["use", "gamma"], "what was written stays so");
  own.facts({}, plain);
  assert.equal(given.facts, plain, "what uses none is given as it is");
});
