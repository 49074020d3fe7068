/** The tool that makes mutants of the sources (`deno task mutants`): what it changes, draws and asks. */
import assert from "node:assert/strict";
import { loadTypeScript } from "../deps.ts";
import { type Asked, equivalentBecause, summary } from "../long/mutants/kept.ts";
import { nearTests } from "../long/mutants/near.ts";
import { drawn, rooms } from "../long/mutants/rooms.ts";
import { type Mutant, mutantsOf, mutated } from "../long/mutants/sites.ts";
import { sources } from "./imports.ts";

const ts = await loadTypeScript();
const path = "engine/graph/a.ts";

/** The first line of each changed source, by kind. */
function lines(text: string, kind?: string): readonly string[] {
  return mutantsOf(ts, path, text).filter((each) => kind === undefined || each.kind === kind)
    .map((each) => mutated(text, each));
}

for (
  const [kind, text, expected] of [
    ["operator", "const a = b < c;", ["const a = b <= c;"]],
    ["operator", "const a = b ?? c;", ["const a = c;"]],
    ["operator", "const a = b.filter(c);", ["const a = b;"]],
    ["operator", "const a = Math.min(b);", ["const a = Math.max(b);"]],
    ["operator", "a++;", ["a--;"]],
    ["constant", "const a = [0, 1, 7];", [
      "const a = [1, 1, 7];",
      "const a = [0, 0, 7];",
      "const a = [0, 1, 8];",
    ]],
    ["constant", 'const a = { b: "c", description: "d" };', [
      'const a = { b: "", description: "d" };',
    ]],
    ["constant", "const a = `b${c}d`;", ["const a = `${c}d`;", "const a = `b${c}`;"]],
    ["constant", 'import a from "b"; import("c"); export * from "d"; type E = "e";', []],
    ["condition", "if (a) b();", ["if (true) b();", "if (false) b();", "if (!(a)) b();"]],
    ["condition", "const a = !b;", ["const a = b;"]],
    ["argument", "a(b, c);", ["a(c, b);", "a(b);"]],
    ["argument", "Math.min(b, c);", ["Math.min(b);"]],
    ["argument", "tf.sub(b, c);", ["tf.sub(c, b);", "tf.sub(b);"]],
    ["statement", "for (;;) { a(); break; }", [
      "for (;;) { ; break; }",
      "for (;;) { a(); ; }",
    ]],
    ["statement", "if (a) b(); else c();", ["if (a) ; else c();", "if (a) b(); else ;"]],
    ["statement", "const f = () => { try { a(); } catch { return undefined; } }", [
      "const f = () => { try { ; } catch { return undefined; } }",
    ]],
    ["statement", "const f = () => { if (a) return; return b; }", [
      "const f = () => { ; return b; }",
      "const f = () => { if (a) ; return b; }",
      "const f = () => { if (a) return; ; }",
    ]],
    ["statement", "const f = () => { switch (a) { case 1: return; case 2: b(); return; } }", [
      "const f = () => { switch (a) { case 1: ; case 2: b(); return; } }",
      "const f = () => { switch (a) { case 1: return; case 2: ; return; } }",
    ]],
    ["statement", "const f = () => { switch (a) { default: return; } b(); }", [
      "const f = () => { switch (a) { default: ; } b(); }",
      "const f = () => { switch (a) { default: return; } ; }",
    ]],
    ["statement", "a satisfies never; b() satisfies c;", ["a satisfies never; ;"]],
    ["statement", "const f = () => { for (;;) { return; } }", [
      "const f = () => { for (;;) { ; } }",
    ]],
  ] as const
) {
  Deno.test(`what is a mutant of kind ${kind} in ${text}`, () => {
    assert.deepEqual(lines(text, kind), expected);
  });
}

Deno.test("a mutant is told by its declaration and its line, wherever it stands", () => {
  const text = "/** Says. */\nexport function a(b: number) {\n  return   b + c;\n}\n";
  const [found] = mutantsOf(ts, path, text).filter(({ kind }) => kind === "operator");
  const { within, line, before, after } = found!;
  assert.deepEqual({ within, line, before, after }, {
    within: "a",
    line: 3,
    before: "return b + c;",
    after: "return b - c;",
  });
});

Deno.test("every source but the surface, packages and kernels is in one room", async () => {
  for (const source of await sources()) {
    const within = Object.values(rooms).filter((pattern) => pattern.test(source));
    const apart =
      /^((mod|engine\/api\/language)\.ts|ops\/mod\.ts|recipes\/|engine\/deps\/|.*kernels\.wasm\.ts$)/;
    assert.equal(within.length, apart.test(source) ? 0 : 1, source);
  }
});

Deno.test("a seed draws the same mutants again, each once, and another seed others", () => {
  const all = mutantsOf(ts, path, "if (a < 1) b(c, d); else if (e) f(2, g + 3);");
  const order = (seed: number) => [...drawn("graph", all, seed)];
  assert.deepEqual(order(1), order(1));
  assert.equal(new Set(order(1)).size, all.length);
  assert.notDeepEqual(order(1), order(2));
});

Deno.test("the test of its name is asked first, then those that import the file, then through one other", () => {
  const imports = new Map(
    Object.entries({
      "mod.ts": [path],
      "tests/engine/graph/a_test.ts": [path],
      "tests/ops/model/far_test.ts": [path],
      "tests/engine/graph/b_test.ts": [path],
      "tests/engine/graph/c_test.ts": ["mod.ts"],
      "tests/engine/graph/d_test.ts": ["tests/engine/graph/c_test.ts"],
      "tests/long/e_test.ts": [path],
      "tests/engine/graph/helper.ts": [path],
    }).map(([file, targets]) => [file, new Set(targets)] as const),
  );
  assert.deepEqual(nearTests(path, imports), {
    own: ["tests/engine/graph/a_test.ts"],
    direct: ["tests/engine/graph/b_test.ts", "tests/ops/model/far_test.ts"],
    through: ["tests/engine/graph/c_test.ts"],
  });
});

Deno.test("what the type check refuses is not counted, and a survivor is shown", () => {
  const mutant = mutantsOf(ts, path, "const a = b < c;").find(({ kind }) => kind === "operator")!;
  const asked: readonly Asked[] = [
    { room: "graph", mutant, fate: { fate: "caught", by: "x_test.ts" } },
    { room: "graph", mutant, fate: { fate: "refused" } },
    { room: "graph", mutant, fate: { fate: "survived", asked: 3, left: 0 } },
  ];
  const said = summary(asked);
  assert.match(said, /^graph: engine\/graph\/a\.ts:1 in a \(operator\); 3 test files passed/);
  assert.match(said, /\n {2}- const a = b < c;\n {2}\+ const a = b <= c;\n/);
  assert.match(said, /\nall +1 +2 +50\n/);
  assert.match(said, /1 that the type check refuses$/);
  assert.equal(equivalentBecause(mutant as Mutant), undefined);
});
