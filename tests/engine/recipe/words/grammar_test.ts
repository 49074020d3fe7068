/** The grammar of a recipe follows from the ops: their fields, their order, and what is not there. */
import assert from "node:assert/strict";
import { type AnyOp, opSet } from "../../../../engine/op.ts";
import { formOf } from "../../../../engine/recipe/words/form.ts";
import { grammarOf } from "../../../../engine/recipe/words/grammar.ts";
import { fieldsOf } from "../../../../engine/recipe/words/schema_fields.ts";
import type { OpSet } from "../../../../engine/op.ts";
import { type TSchema, Type } from "../../../../engine/field.ts";
import { fakeOps } from "../fake_ops.ts";
import { moreOps } from "../fake_peers.ts";

const fields = (ops: OpSet) => fieldsOf(grammarOf(ops));
const without = (...names: readonly string[]) =>
  opSet([...moreOps.values()].filter(({ name }) => !names.includes(name)));
/** The block in a field, of one of which there may be a list. */
const blockOf = (schema: TSchema | undefined): TSchema => {
  const form = formOf(schema!);
  return form.form === "list" ? form.items : schema!;
};
const alternatives = (schema: TSchema | undefined) => {
  const form = formOf(blockOf(schema));
  assert.ok(form.form === "choice");
  return form.alternatives;
};

Deno.test("a recipe has the fields of its ops, stages in the order in which they change a model", () => {
  assert.deepEqual(Object.keys(fields(moreOps)), [
    ...["decant", "name", "description", "authors", "license", "references", "seed", "data"],
    ...["teacher", "student", "model", "assistant", "distill", "mutual", "prune", "quantize"],
    ...["steps", "evaluate", "export", "expect"],
  ]);
  assert.equal(grammarOf(moreOps), grammarOf(moreOps), "made once");
});

Deno.test("without its op a block is not there", () => {
  const missing = (...names: readonly string[]) => {
    const left = new Set(Object.keys(fields(without(...names))));
    return Object.keys(fields(moreOps)).filter((name) => !left.has(name));
  };
  assert.deepEqual(missing("data"), ["data"]);
  assert.deepEqual(missing("model"), ["teacher", "student", "model", "assistant"]);
  assert.deepEqual(missing("evaluate", "export", "prune"), ["prune", "evaluate", "export"]);
  assert.deepEqual(missing("distill").includes("assistant"), true);
});

Deno.test("a model in a role may be read from files only where an op reads them", () => {
  const untagged = (ops: OpSet) => {
    const form = formOf(blockOf(fields(ops).student));
    return form.form === "choice" && form.untagged !== undefined;
  };
  assert.equal(untagged(moreOps), true);
  assert.equal(untagged(without("load")), false);
});

Deno.test("a model in a role has a name and trainings, which may name other data but no teacher", () => {
  const { as, train } = fieldsOf(blockOf(fields(moreOps).student));
  assert.ok(as);
  const form = formOf(train!);
  assert.ok(form.form === "list" && form.least === 1);
  assert.ok("data" in fieldsOf(form.items));
  assert.equal("teacher" in fieldsOf(form.items), false);
});

Deno.test("only a model in a role that is read from files has a head, where an op makes one", () => {
  const outputs = Type.Optional(Type.Integer({ description: "Classes" }));
  const head = {
    ...moreOps.get("prune")!,
    stage: undefined,
    name: "head",
    params: Type.Object({ outputs }),
  };
  const block = (ops: OpSet, role: "student" | "assistant") => {
    const form = formOf(blockOf(fields(ops)[role]));
    assert.ok(form.form === "choice");
    const has = (schema: TSchema | undefined) => "head" in fieldsOf(schema!);
    return [has(form.untagged), Object.values(form.alternatives).some(has)];
  };
  const ops = opSet([...moreOps.values(), head]);
  assert.deepEqual(block(ops, "student"), [true, false]);
  assert.deepEqual(block(ops, "assistant"), [false, false]);
  assert.deepEqual(block(moreOps, "student"), [false, false]);
});

Deno.test("an assistant is trained like the student, made of it, or chosen where an op chooses", () => {
  const words = (ops: OpSet) =>
    Object.keys(alternatives(fields(ops).assistant)).filter((name) => !(name in families));
  const families = alternatives(moreOps.get("model")!.params);
  assert.deepEqual(words(moreOps), ["auto", "born-again"]);
  assert.deepEqual(words(fakeOps), ["born-again"]);
  const { train } = fieldsOf(alternatives(fields(moreOps).assistant).lenet5!);
  assert.ok("teacher" in fieldsOf(train!));
  assert.equal("train" in fieldsOf(alternatives(fields(moreOps).assistant).auto!), false);
});

Deno.test("guidance belongs to the taught stage, a result to the one that makes several models", () => {
  const has = (field: string) =>
    ["distill", "mutual", "prune", "quantize"].filter((stage) =>
      field in fieldsOf(fields(moreOps)[stage]!)
    );
  assert.deepEqual(has("guidance"), ["distill"]);
  assert.deepEqual(has("result"), ["mutual"]);
  assert.deepEqual(has("students"), ["mutual"]);
  assert.deepEqual(has("teacher"), ["distill"]);
  assert.deepEqual(has("model"), [], "a stage changes what is before it");
});

Deno.test("a finetuning is the taught stage's block; without one it is a plain training", () => {
  const finetune = (ops: OpSet) => {
    const { weight } = alternatives(fields(ops).prune);
    return fieldsOf(fieldsOf(weight!).finetune!);
  };
  assert.ok("teacher" in finetune(moreOps));
  assert.equal("teacher" in finetune(without("distill", "mutual")), false);
  assert.ok("data" in finetune(without("distill", "mutual")));
});

Deno.test("every op is a step, with its inputs and a name", () => {
  const steps = alternatives(fields(moreOps).steps);
  assert.deepEqual(Object.keys(steps), [...moreOps.keys()]);
  for (const [name, op] of moreOps) {
    const own = fieldsOf(steps[name]!);
    for (const input of [...Object.keys((op as AnyOp).inputs), "as"]) {
      assert.ok(input in own, `${name}.${input}`);
    }
  }
});

Deno.test("a step may name the peer that it takes, where a stage makes several", () => {
  const types = (ops: OpSet) => {
    const form = formOf(fieldsOf(alternatives(fields(ops).steps).pick!).peer!);
    assert.ok(form.form === "by-type");
    return formOf(form.types.string!).form;
  };
  assert.equal(types(moreOps), "text");
  assert.equal(types(without("mutual")), "word", "only `best` where nothing is known of peers");
});

Deno.test("latency is asked for only where an op measures it", () => {
  assert.ok("latency" in fieldsOf(fields(moreOps).evaluate!));
  assert.equal("latency" in fieldsOf(fields(without("measure")).evaluate!), false);
});

Deno.test("a seed is a number that 32 bits hold", () => {
  const form = formOf(fields(moreOps).seed!);
  assert.ok(form.form === "number");
  assert.deepEqual([form.whole, form.limits.minimum, form.limits.maximum], [true, 0, 2 ** 32 - 1]);
});

Deno.test("candidates are models with names and without trainings, one or a list", () => {
  const { candidates } = fieldsOf(alternatives(fields(moreOps).assistant).auto!);
  const own = fieldsOf(alternatives(candidates).lenet5!);
  assert.equal(formOf(candidates!).form, "list");
  assert.ok("as" in own);
  assert.equal("train" in own, false);
});

Deno.test("a peer that a step may name keeps what the op says of it: its meaning, and its default", () => {
  const pick = moreOps.get("pick")!;
  const { peer } = fieldsOf(pick.params);
  const named = (more: object) => {
    const params = Type.Object({ peer: { ...peer!, ...more } as TSchema });
    const ops = new Map(moreOps).set("pick", { ...pick, params });
    return fieldsOf(alternatives(fields(ops).steps).pick!).peer!;
  };
  const usual = named({ default: 1, description: "Who" });
  assert.deepEqual([usual.default, usual.description], [1, "Who"]);
  assert.equal("default" in named({ default: undefined }), false);
  const form = formOf(usual);
  assert.ok(form.form === "by-type");
  assert.equal(form.types.number, (formOf(peer!) as typeof form).types.number);
});
