/** Figures of the tree: lengths, parameters, circles, crowded folders, ways to write one thing. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { loadTypeScript, type TypeScript } from "../deps.ts";
import { fromFileUrl, imports, projectFiles, sources } from "./imports.ts";

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

/** The sources of the engine and the ops as syntax trees. */
async function parsedSources(): Promise<readonly TypeScript.SourceFile[]> {
  const ts = await loadTypeScript();
  const found: TypeScript.SourceFile[] = [];
  for (const path of await sources()) {
    if (!/^(engine|ops)\//.test(path) || path.endsWith("kernels.wasm.ts")) continue;
    const text = await Deno.readTextFile(fromFileUrl(path));
    found.push(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  }
  return found;
}

const parsed = parsedSources();

async function writtenFunctions(): Promise<readonly Written[]> {
  const ts = await loadTypeScript();
  const found: Written[] = [];
  for (const file of await parsed) {
    const path = file.fileName;
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

Deno.test("optional members are left out by `given`, not by spreads of a condition", async () => {
  const ts = await loadTypeScript();
  const plain = (node: TypeScript.Expression): TypeScript.Expression =>
    ts.isParenthesizedExpression(node) ? plain(node.expression) : node;
  const isLiteral = (node: TypeScript.Expression) => ts.isObjectLiteralExpression(plain(node));
  const found: string[] = [];
  for (const file of await parsed) {
    const visit = (node: TypeScript.Node): void => {
      if (ts.isSpreadAssignment(node)) {
        const spread = plain(node.expression);
        const chosen = ts.isConditionalExpression(spread)
          ? [spread.whenTrue, spread.whenFalse]
          : ts.isBinaryExpression(spread)
          ? [spread.right]
          : [];
        if (chosen.some(isLiteral)) {
          const { line } = file.getLineAndCharacterOfPosition(node.getStart());
          found.push(`${file.fileName}:${line + 1}: ${node.getText().slice(0, 80)}`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  assert.deepEqual(found, []);
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
  assert.deepEqual((await cycles()).map((group) => [...group].sort().join(" ")), []);
});

Deno.test("at most 25 files stand directly in one folder, tests and pages included", async () => {
  const found = await projectFiles();
  const folders = Map.groupBy(
    found.filter((path) => !path.startsWith("engine/deps/")),
    (path) => dirname(path),
  );
  const crowded = [...folders].flatMap(([folder, files]) =>
    files.length > 25 ? [`${folder}: ${files.length}`] : []
  );
  assert.deepEqual(crowded, []);
});
