/** Sources with logic have a test file of their name that imports them; those that have none may only get fewer. */
import assert from "node:assert/strict";
import { loadTypeScript, type TypeScript as TS } from "../deps.ts";
import { runtimeImports, testOf } from "../long/mutants/near.ts";
import { fromFileUrl, sources } from "./imports.ts";

/** The most sources with logic that may be without a test of their name. */
const LIMIT = 0;

/** Operators that choose or compare; a default, behind `??`, is no choice. */
const CHOOSING = /^(&&|\|\||[<>]=?|[!=]==?)$/;

/** Whether some function of a source has a statement beside what it gives, or chooses or compares. */
function hasLogic(ts: typeof TS, path: string, text: string): boolean {
  const found = (node: TS.Node, inside: boolean): boolean => {
    const body = (node as Partial<TS.FunctionDeclaration>).body as TS.Node | undefined;
    const isFunction = ts.isFunctionLike(node) && body !== undefined;
    if (isFunction && ts.isBlock(body)) {
      const [first, ...rest] = body.statements;
      const plain = first === undefined || ts.isReturnStatement(first) ||
        ts.isExpressionStatement(first);
      if (rest.length > 0 || !plain) return true;
    }
    const chooses = ts.isConditionalExpression(node) ||
      ts.isBinaryExpression(node) && CHOOSING.test(node.operatorToken.getText());
    if (inside && chooses) return true;
    return ts.forEachChild(node, (child) => found(child, inside || isFunction) || undefined) ??
      false;
  };
  return found(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true), false);
}

Deno.test("a source with logic has a test file of its name, which imports it", async () => {
  const ts = await loadTypeScript();
  const imports = await runtimeImports(fromFileUrl("./").pathname);
  const without: string[] = [];
  for (const path of await sources()) {
    if (/^(engine\/deps\/|recipes\/|.*kernels\.wasm\.ts$)/.test(path)) continue;
    if (!hasLogic(ts, path, await Deno.readTextFile(fromFileUrl(path)))) continue;
    if (!imports.get(testOf(path))?.has(path)) without.push(path);
  }
  assert.ok(without.length <= LIMIT, `${without.length}, at most ${LIMIT}:\n${without.join("\n")}`);
});
