/** Figures of the tree that may only fall: each limit is what the tree has now, and is lowered with it. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { loadTypeScript, type TypeScript } from "../deps.ts";
import { fromFileUrl, imports, kernels, sources, testFiles } from "./imports.ts";

const read = async (path: string): Promise<string> =>
  (await Deno.readTextFile(fromFileUrl(path))).replace(/\/\*[\s\S]*?\*\//g, "").replace(
    /^\s*\/\/.*$/gm,
    "",
  );

/** The most of each that the tree may have. */
const limits = {
  cycles: 0,
  sharedTypeNames: 0,
  opNamesInEngine: 10,
  filesWithOpNames: 2,
  kindTests: 4,
  unimportedExports: 0,
};

function atMost(found: readonly string[], limit: number): void {
  assert.ok(found.length <= limit, `${found.length}, at most ${limit}:\n${found.join("\n")}`);
  assert.equal(found.length, limit, `${found.length} are left: lower the limit of ${limit}`);
}

/** Functions whose parameters are not ours to gather in an object, by file. */
const givenParameters: Readonly<
  Record<string, { readonly of: readonly string[]; readonly because: string }>
> = {
  "engine/tensor/types.ts": {
    of: ["conv2d", "depthwise2d", "batchNorm", "batchNormTraining", "fakeQuantize", "update"],
    because: "kernels, called once for each layer and batch, or each weight and update",
  },
  "engine/tensor/layers/convolution.ts": {
    of: ["convolutionLayer"],
    because: "conv2d and depthwise2d, made alike",
  },
  "engine/tensor/layers/norm.ts": { of: ["batchNorm", "batchNormTraining"], because: "kernels" },
  "engine/tensor/layers/fake_quantize.ts": { of: ["fakeQuantize"], because: "a kernel" },
  "engine/tensor/update.ts": { of: ["createUpdate"], because: "a kernel" },
  "engine/tensor/backend.ts": { of: ["move"], because: "tfjs calls it" },
};

/** A function of the sources. */
interface Written {
  readonly path: string;
  /** Its own, or that of the nearest declaration around it. */
  readonly name: string;
  readonly lines: number;
  readonly parameters: number;
}

async function writtenFunctions(): Promise<readonly Written[]> {
  const ts = await loadTypeScript();
  const found: Written[] = [];
  for (const path of await sources()) {
    if (!/^(engine|ops)\//.test(path) || path.endsWith("kernels.wasm.ts")) continue;
    const text = await Deno.readTextFile(fromFileUrl(path));
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const lineOf = (at: number) => file.getLineAndCharacterOfPosition(at).line;
    const visit = (node: TypeScript.Node, around: string): void => {
      const own = (node as Partial<TypeScript.NamedDeclaration>).name;
      const name = own !== undefined && ts.isIdentifier(own) ? own.text : around;
      if (ts.isFunctionLike(node)) {
        const lines = lineOf(node.end) - lineOf(node.getStart()) + 1;
        found.push({ path, name, lines, parameters: node.parameters.length });
      }
      ts.forEachChild(node, (child) => visit(child, name));
    };
    visit(file, path);
  }
  return found;
}

const written = writtenFunctions();

Deno.test("no function is longer than 60 lines, those within it counted", async () => {
  const long = (await written).filter(({ lines }) => lines > 60);
  assert.deepEqual(long.map(({ path, name }) => `${path}: ${name}`), []);
});

Deno.test("no function outside kernels has more than four positional parameters", async () => {
  const many = (await written).filter(({ parameters }) => parameters > 4)
    .map(({ path, name }) => `${path}: ${name}`);
  const given = Object.entries(givenParameters).flatMap(([path, { of }]) =>
    of.map((name) => `${path}: ${name}`)
  );
  const beyond = many.filter((each) => !given.includes(each));
  const outdated = given.filter((each) => !many.includes(each));
  assert.deepEqual({ beyond, outdated }, { beyond: [], outdated: [] });
});

/** Groups of files that reach one another through imports, those of types and those by need included. */
async function cycles(): Promise<readonly (readonly string[])[]> {
  const edges = Map.groupBy(
    (await imports()).filter((each) => !each.external),
    (each) => each.from,
  );
  const found: string[][] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (path: string): void => {
    order.set(path, order.size);
    low.set(path, order.get(path)!);
    stack.push(path);
    for (const { to } of edges.get(path) ?? []) {
      if (!order.has(to)) visit(to);
      if (stack.includes(to)) low.set(path, Math.min(low.get(path)!, low.get(to)!));
    }
    if (low.get(path) !== order.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1) found.push(group);
  };
  for (const path of await sources()) if (!order.has(path)) visit(path);
  return found;
}

Deno.test("no files import one another in a circle, types and imports by need included", async () => {
  atMost((await cycles()).map((group) => [...group].sort().join(" ")), limits.cycles);
});

Deno.test("at most 25 files stand directly in one folder, tests included", async () => {
  const found = [...await sources(), ...await kernels(), ...await testFiles()];
  const folders = Map.groupBy(
    found.filter((path) => !path.startsWith("engine/deps/")),
    (path) => dirname(path),
  );
  const crowded = [...folders].flatMap(([folder, files]) =>
    files.length > 25 ? [`${folder}: ${files.length}`] : []
  );
  assert.deepEqual(crowded, []);
});

Deno.test("no two exported types share a name", async () => {
  const homes = new Map<string, string[]>();
  for (const path of await sources()) {
    for (
      const [, name] of (await read(path)).matchAll(/^export (?:interface|type|class) (\w+)/gm)
    ) {
      homes.set(name!, [...homes.get(name!) ?? [], path]);
    }
  }
  const shared = [...homes].filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name}: ${paths.join(" ")}`);
  atMost(shared, limits.sharedTypeNames);
});

Deno.test("the engine knows the words of the language, not the ops", async () => {
  const { ops } = await import("../../ops/mod.ts");
  const names = new Set(ops.map(({ name }) => name));
  // The names of kinds, inputs and roles too, which count where an op is meant.
  const words = new Set(["data", "model"]);
  const meansOp = /(\bop: |\bop(\.name)? [!=]== |ops\.(get|has)\(|^export const [A-Z]+ = )$/;
  const found: string[] = [];
  for (const path of await sources()) {
    if (!path.startsWith("engine/") || path.endsWith("kernels.wasm.ts")) continue;
    for (const [, before, name] of (await read(path)).matchAll(/(.{0,30})(?<!=)"([a-z]+)"/g)) {
      const isOp = names.has(name as never) && (!words.has(name!) || meansOp.test(before!));
      if (isOp) found.push(`${path}: ${name}`);
    }
  }
  atMost(found, limits.opNamesInEngine);
  atMost([...new Set(found.map((each) => each.split(":")[0]!))], limits.filesWithOpNames);
});

Deno.test("what a layer kind does stands at the kind, not in comparisons elsewhere", async () => {
  const found: string[] = [];
  for (const path of await sources()) {
    if (!/^ops\/(?!formats\/|model\/kinds\/)/.test(path)) continue;
    for (const [text] of (await read(path)).matchAll(/\bkind [!=]==.*/g)) {
      found.push(`${path}: ${text}`);
    }
  }
  atMost(found, limits.kindTests);
});

/** Names in import and re-export clauses, and those taken from a module that is loaded by need or in a thread. */
function importedNames(text: string): readonly string[] {
  const clauses =
    /(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s*"|\{([^{}]*)\}\s*=\s*await import\(|\)\)?\.(\w+)|\[([^[\]]*)\]\s*=\s*await Promise\.all|name: "?(\w+)(?:"|\.name), args/g;
  return [...text.matchAll(clauses)].flatMap((match) =>
    match.slice(1).find((each) => each !== undefined)!.split(",").map((each) =>
      /^[\s{]*(?:type\s+)?(\w*)/.exec(each)![1]!
    )
  );
}

Deno.test("every export is imported", async () => {
  const texts = new Map<string, string>();
  for (const path of await sources()) texts.set(path, await read(path));
  const imported = new Set([...texts.values(), await testTexts()].flatMap(importedNames));
  const found: string[] = [];
  for (const [path, text] of texts) {
    if (/^(engine\/deps\/|recipes\/|mod\.ts$)/.test(path)) continue;
    const exported = /^export (?:async )?(?:function\*?|const|let|interface|type|class) (\w+)/gm;
    for (const [, name] of text.matchAll(exported)) {
      if (!imported.has(name!)) found.push(`${path}: ${name}`);
    }
  }
  atMost(found, limits.unimportedExports);
});

async function testTexts(): Promise<string> {
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(fromFileUrl(folder))) {
      const path = `${folder}/${name}`;
      if (isDirectory) await walk(path);
      else if (path.endsWith(".ts")) found.push(await Deno.readTextFile(fromFileUrl(path)));
    }
  };
  await walk("tests");
  return found.join("\n");
}
