/** Where a source can be changed by a small mistake, read from its syntax tree. */
import type { TypeScript as TS } from "../../deps.ts";

/** What kind of mistake it is. */
export const KINDS = ["operator", "constant", "condition", "argument", "statement"] as const;

/** One of them. */
export type MutantKind = (typeof KINDS)[number];

/** One change of a source. */
export interface Mutant {
  readonly path: string;
  readonly kind: MutantKind;
  /** What is replaced, in UTF-16 units of the source. */
  readonly start: number;
  readonly end: number;
  /** What stands there instead. */
  readonly text: string;
  /** The declaration of the file that it stands in. */
  readonly within: string;
  /** Counted from 1. */
  readonly line: number;
  /** The lines that it touches as written and as changed, white space put together. */
  readonly before: string;
  readonly after: string;
}

const operators: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "&": "|",
  "|": "&",
  "<<": ">>",
  ">>": "<<",
  ">>>": "<<",
};

/** Names of methods, each with the one that is mistaken for it. */
const methods: Readonly<Record<string, string>> = {
  some: "every",
  every: "some",
  min: "max",
  max: "min",
  floor: "ceil",
  ceil: "floor",
  startsWith: "endsWith",
  endsWith: "startsWith",
  indexOf: "lastIndexOf",
};

/** Methods that are left out with their arguments: what they are called on stands alone. */
const omitted = new Set(["filter", "sort", "toSorted", "reverse", "toReversed", "slice", "trim"]);

/** Functions of two values that are the same the other way round. */
const alike = new Set(
  "Math.min Math.max Math.imul tf.add tf.mul tf.minimum tf.maximum".split(" "),
);

/** Properties whose text nothing is computed from; it is for a reader. */
const prose = new Set(["description", "summary"]);

interface Change {
  readonly kind: MutantKind;
  readonly from: TS.Node | readonly [start: number, end: number];
  readonly text: string;
}

/** Every change of one file that the syntax allows; whether the types allow it is not known here. */
export function mutantsOf(ts: typeof TS, path: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const visit = (node: TS.Node, within: string): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    const property = ts.isPropertyAssignment(node) ? node.name.getText() : "";
    if (prose.has(property)) return;
    const inside = within || named(ts, node);
    for (const change of changes(ts, source, node)) {
      const [start, end] = Array.isArray(change.from)
        ? change.from as [number, number]
        : [(change.from as TS.Node).getStart(source), (change.from as TS.Node).end];
      found.push(mutant(text, { path, kind: change.kind, start, end, text: change.text }, inside));
    }
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(source, "");
  return found;
}

/** The text of the source with the change made. */
export const mutated = (text: string, { start, end, text: instead }: Mutant): string =>
  text.slice(0, start) + instead + text.slice(end);

function mutant(
  text: string,
  at: Pick<Mutant, "path" | "kind" | "start" | "end" | "text">,
  within: string,
): Mutant {
  const first = text.lastIndexOf("\n", at.start - 1) + 1;
  const last = (text.indexOf("\n", at.end) + 1 || text.length + 1) - 1;
  const close = (lines: string) => lines.trim().replace(/\s+/g, " ");
  return {
    ...at,
    within,
    line: text.slice(0, at.start).split("\n").length,
    before: close(text.slice(first, last)),
    after: close(text.slice(first, at.start) + at.text + text.slice(at.end, last)),
  };
}

function named(ts: typeof TS, node: TS.Node): string {
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) {
    return node.name?.text ?? "default";
  }
  return ts.isVariableDeclaration(node) ? node.name.getText() : "";
}

function changes(ts: typeof TS, source: TS.SourceFile, node: TS.Node): readonly Change[] {
  return [
    ...operatorChanges(ts, node),
    ...constantChanges(ts, source, node),
    ...conditionChanges(ts, node),
    ...argumentChanges(ts, node),
    ...statementChanges(ts, node),
  ];
}

function operatorChanges(ts: typeof TS, node: TS.Node): readonly Change[] {
  const kind = "operator";
  if (ts.isBinaryExpression(node)) {
    const { operatorToken: token, right } = node;
    if (token.getText() === "??") return [{ kind, from: node, text: right.getText() }];
    const text = operators[token.getText()];
    return text === undefined ? [] : [{ kind, from: token, text }];
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    return [{ kind, from: node, text: node.operand.getText() }];
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const text = node.getText();
    const other = text.replace(/\+\+|--/, (sign) => sign === "++" ? "--" : "++");
    return other === text ? [] : [{ kind, from: node, text: other }];
  }
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { name, expression } = node.expression;
    const other = methods[name.text];
    if (other !== undefined) return [{ kind, from: name, text: other }];
    if (omitted.has(name.text)) return [{ kind, from: node, text: expression.getText() }];
  }
  return [];
}

function constantChanges(
  ts: typeof TS,
  source: TS.SourceFile,
  node: TS.Node,
): readonly Change[] {
  const kind = "constant";
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ kind, from: node, text: "false" }];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ kind, from: node, text: "true" }];
  const parent = node.parent as { readonly name?: TS.Node } | undefined;
  if (ts.isNumericLiteral(node) && parent?.name !== node) {
    const value = Number(node.text);
    return [{ kind, from: node, text: value === 1 ? "0" : String(value + 1) }];
  }
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    if (parent?.name === node || ts.isExternalModuleReference(node.parent)) return [];
    const loads = ts.isCallExpression(node.parent) &&
      node.parent.expression.kind === ts.SyntaxKind.ImportKeyword;
    return loads ? [] : [{ kind, from: node, text: node.text === "" ? '"x"' : '""' }];
  }
  const head = node.kind === ts.SyntaxKind.TemplateHead;
  if (
    head || node.kind === ts.SyntaxKind.TemplateMiddle || node.kind === ts.SyntaxKind.TemplateTail
  ) {
    const tail = node.kind === ts.SyntaxKind.TemplateTail;
    const range = [node.getStart(source) + 1, node.end - (tail ? 1 : 2)] as const;
    return range[0] === range[1] ? [] : [{ kind, from: range, text: "" }];
  }
  return [];
}

function conditionChanges(ts: typeof TS, node: TS.Node): readonly Change[] {
  const kind = "condition";
  const either = (from: TS.Node): readonly Change[] => [
    { kind, from, text: "true" },
    { kind, from, text: "false" },
    { kind, from, text: `!(${from.getText()})` },
  ];
  if (ts.isIfStatement(node)) return either(node.expression);
  if (ts.isConditionalExpression(node)) return either(node.condition);
  if (ts.isWhileStatement(node)) return [{ kind, from: node.expression, text: "false" }];
  if (
    ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken
  ) {
    return [{ kind, from: node, text: node.operand.getText() }];
  }
  return [];
}

function argumentChanges(ts: typeof TS, node: TS.Node): readonly Change[] {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return [];
  const list = node.arguments ?? [];
  const kind = "argument";
  const found: Change[] = [];
  for (const [index, one] of list.entries()) {
    const other = list[index + 1];
    if (other === undefined || one.getText() === other.getText()) continue;
    if (list.length === 2 && alike.has(node.expression.getText())) continue;
    const text = `${other.getText()}, ${one.getText()}`;
    found.push({ kind, from: [one.getStart(), other.end], text });
  }
  const last = list.at(-1);
  if (last !== undefined && node.expression.kind !== ts.SyntaxKind.ImportKeyword) {
    const start = list.length > 1 ? list.at(-2)!.end : last.getStart();
    found.push({ kind, from: [start, last.end], text: "" });
  }
  return found;
}

/** Whether a function returns nothing here and would return nothing as well without being told: it ends. */
function isEnd(ts: typeof TS, node: TS.Node): boolean {
  if (!ts.isReturnStatement(node)) return false;
  if (node.expression !== undefined && node.expression.getText() !== "undefined") return false;
  let at: TS.Node = node;
  while (!ts.isFunctionLike(at.parent)) {
    const { parent }: TS.Node = at;
    const last = ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent)
      ? parent.statements.at(-1) === at
      : ts.isCaseBlock(parent)
      ? parent.clauses.at(-1) === at
      : ts.isIfStatement(parent) || ts.isSwitchStatement(parent) || ts.isCatchClause(parent) ||
        ts.isTryStatement(parent) && parent.finallyBlock !== at;
    if (!last) return false;
    at = parent;
  }
  return true;
}

/** Whether a statement is for the type check alone, as `a satisfies never`: nothing is left of it at run time. */
function isForTypes(ts: typeof TS, node: TS.Node): boolean {
  return ts.isExpressionStatement(node) && ts.isSatisfiesExpression(node.expression) &&
    ts.isIdentifier(node.expression.expression);
}

function statementChanges(ts: typeof TS, node: TS.Node): readonly Change[] {
  const removable = ts.isExpressionStatement(node) || ts.isReturnStatement(node) ||
    ts.isThrowStatement(node) || ts.isContinueStatement(node) || ts.isBreakStatement(node) ||
    ts.isForOfStatement(node) || (ts.isIfStatement(node) && node.elseStatement === undefined);
  return removable && !isEnd(ts, node) && !isForTypes(ts, node)
    ? [{ kind: "statement", from: node, text: ";" }]
    : [];
}
