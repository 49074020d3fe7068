/** ajv and our own checker accept the same parameters. */
import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import type { Json } from "../../../engine/digest.ts";
import { type TSchema, Type } from "../../../engine/field.ts";
import { treeFromValue } from "../../../engine/recipe/from_value.ts";
import { normalize } from "../../../engine/recipe/normalize.ts";
import { problemList } from "../../../engine/recipe/problems.ts";
import { ajvJudge, validateParams } from "../../../engine/recipe/validate_params.ts";
import { ops } from "../../../ops/mod.ts";
import { near } from "./arbitrary_values.ts";

/** A value in its one long shape; undefined where our own checker refuses it. */
function normalized(schema: TSchema, value: unknown): Json | undefined {
  const problems = problemList();
  const tree = treeFromValue(value, { source: "", base: "" }, problems.add);
  const result = normalize(schema, { tree, path: "" }, problems);
  return problems.errors === 0 ? result : undefined;
}

/** Every path to a value inside another, the whole first. */
function pathsOf(value: Json): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([name, inner]) =>
      pathsOf(inner).map((path) => [name, ...path])
    ),
  ];
}

/** The value with what stands at a path replaced; without it where `by` is undefined. */
function changed(value: Json, [head, ...rest]: (string | number)[], by: Json | undefined): Json {
  if (head === undefined) return by ?? null;
  const copy: Json = JSON.parse(JSON.stringify(value));
  const holder = copy as Record<string, Json>;
  if (rest.length > 0) holder[head] = changed(holder[head]!, rest, by);
  else if (by !== undefined) holder[head] = by;
  else if (Array.isArray(copy)) copy.splice(Number(head), 1);
  else delete holder[head];
  return copy;
}

const odd: readonly (Json | undefined)[] = [
  undefined,
  -1,
  0,
  0.5,
  3,
  1e6,
  "x",
  "adam",
  true,
  [],
  {},
  { use: "nothing" },
];

for (const op of ops) {
  Deno.test(`ajv accepts exactly the parameters of ${op.name} that stand in their one long shape`, async () => {
    const judge = await ajvJudge();
    let [accepted, refused] = [0, 0];
    const agree = (value: Json) => {
      const own = normalized(op.params, value);
      const stands = own !== undefined && same(own, value);
      const refusals = judge(op.params, value);
      assert.equal(refusals.length === 0, stands, `${JSON.stringify(value)} ${refusals}`);
      if (stands) accepted++;
      else refused++;
    };
    fc.assert(
      fc.property(
        near(op.params, 4),
        fc.nat(),
        fc.constantFrom(...odd),
        fc.boolean(),
        (written, where, by, surplus) => {
          const value = normalized(op.params, written);
          if (value === undefined) return;
          agree(value);
          // That a tuple rises and that a number is safe, ajv is not asked.
          const paths = pathsOf(value).filter((path) => path.at(-2) !== "epochs");
          const path = paths[where % paths.length]!;
          agree(changed(value, path, by));
          if (surplus) agree(changed(value, ["surplus"], 1));
        },
      ),
      { numRuns: 150, seed: 11 },
    );
    assert.ok(accepted > 20 && refused > 20, `${accepted} accepted, ${refused} refused`);
  });

  Deno.test(`ajv accepts the example of ${op.name}`, async () => {
    await validateParams(op, normalized(op.params, op.example)!);
  });
}

/** Equal whatever the order of fields. */
function same(a: Json, b: Json): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

Deno.test("what ajv refuses is an error of ours, and says where; a field that is not needed may be absent", async () => {
  const op = {
    name: "shuffle",
    params: Type.Object({
      times: Type.Integer({ minimum: 1, description: "How often" }),
      seed: Type.Integer({ minimum: 0, default: 0, description: "The seed" }),
    }),
  };
  await validateParams(op, { times: 3, seed: 1 });
  await validateParams(op, { times: 3 }, ["seed"]);
  await assert.rejects(validateParams(op, { times: 3 }), /internal: ajv refuses .* shuffle/);
  await assert.rejects(validateParams(op, { times: 0, seed: 1 }), /`times` must be >= 1/);
  await assert.rejects(validateParams(op, { times: 1, seed: 1, more: 2 }), /additional properties/);
});
