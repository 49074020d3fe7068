/** One line of `expect` → a claim (the grammar in recipes/README.md), or what is wrong with it and where in the line. */
import { given } from "../../given.ts";
import { excerpt } from "../../quote.ts";
import type { Claim, ClaimProblem, ClaimValue } from "./claim.ts";
import { claimedClass } from "./class_name.ts";
import { claimDimension, type PlacedTerm, type PlacedValue } from "./claim_dimension.ts";
import type { Dimension, MetricSet } from "../../metrics.ts";
import { units } from "./claim_units.ts";
import { slipOf } from "../words/nearest.ts";
import { meantValue } from "../words/value_synonyms.ts";

interface Token {
  readonly text: string;
  readonly offset: number;
}

const relations = ["<=", ">=", "<", ">", "="] as const;
/** A model (in a sweep with the values that tell it apart), its metric, a key. */
const METRIC = /^([a-z][a-z0-9-]{0,63}(?:\[[^\]]*\])?)\.([^.]+)(?:\.(.+))?$/;
/** Figures of validation samples, as Keras calls them. */
const VALIDATED = /^val[^a-z]/i;
const NUMBER = /^\d+(\.\d+)?(e[+-]?\d+)?/i;

/** Thrown inside this file only, to leave a nested rule. */
class Misread {
  constructor(readonly problem: ClaimProblem) {}
}

/** Reads a claim about these metrics. */
export function parseClaim(
  text: string,
  metrics: MetricSet,
): { readonly claim: Claim } | { readonly problem: ClaimProblem } {
  try {
    return { claim: readClaim(text, metrics) };
  } catch (error) {
    if (error instanceof Misread) return { problem: error.problem };
    throw error;
  }
}

function readClaim(text: string, metrics: MetricSet): Claim {
  if (text.length > 1000) fail({ text, offset: 0 }, "a claim has 1000 characters at most");
  const tokens = [...text.matchAll(/\S+/g)].map((found): Token => ({
    text: found[0],
    offset: found.index,
  }));
  const whole = { text, offset: 0 };
  const at = tokens.findIndex((token) => isRelation(token.text));
  if (at < 0) {
    const glued = /[<>=]/.test(text);
    fail(
      whole,
      glued ? "the relation of a claim has blanks around it" : "a claim compares two values",
      glued
        ? text.replace(/\s*([<>]=?|=)\s*/, " $1 ").trim()
        : "result.accuracy >= teacher.accuracy - 1 point",
    );
  }
  const relation = tokens[at]!.text as Claim["relation"];
  const left = readValue(tokens.slice(0, at), whole, metrics);
  const right = readValue(tokens.slice(at + 1), whole, metrics);
  const dimension = claimDimension(left, right);
  if (typeof dimension !== "string") throw new Misread(dimension);
  return { left: plain(left), relation, right: plain(right), dimension };
}

/** What a term is read in: its claim, the metrics that there are, and the words of its side. */
interface ClaimSide {
  readonly whole: Token;
  readonly metrics: MetricSet;
  readonly words: readonly Token[];
}

function readValue(words: readonly Token[], whole: Token, metrics: MetricSet): PlacedValue {
  const side = { whole, metrics, words };
  const at = words.findIndex(({ text }) => text === "+" || text === "-");
  if (at < 0) return { first: readTerm(words, side) };
  return {
    first: readTerm(words.slice(0, at), side),
    sign: words[at]!.text as "+" | "-",
    second: readTerm(words.slice(at + 1), side),
  };
}

function readTerm(tokens: readonly Token[], side: ClaimSide): PlacedTerm {
  const [first] = tokens;
  const at = tokens.findIndex(({ text }) => text === "*" || text === "/");
  if (first === undefined || at === 0) {
    fail(first ?? side.whole, "a value is missing in this claim");
  }
  const own = at < 0 ? tokens : tokens.slice(0, at);
  const base = NUMBER.test(first.text) ? readQuantity(own) : readMetric(own, side);
  if (at < 0) return base;
  const [by, ...rest] = tokens.slice(at + 1);
  if (by === undefined || rest.length > 0 || NUMBER.exec(by.text)?.[0] !== by.text) {
    fail(
      by ?? tokens[at]!,
      `\`${tokens[at]!.text}\` takes one number, without a unit`,
      inOneWord(tokens, side),
    );
  }
  const number = Number(by.text);
  if (tokens[at]!.text === "/" && number === 0) fail(by, "a claim cannot divide by 0");
  const scale = tokens[at]!.text === "*" ? { times: number } : { over: number };
  const length = by.offset + by.text.length - base.offset;
  return { ...base, length, term: { ...base.term, ...scale } };
}

function readMetric(tokens: readonly Token[], side: ClaimSide): PlacedTerm {
  const [token, extra] = tokens as [Token, Token?];
  if (extra !== undefined) {
    fail(
      extra,
      `\`${excerpt(extra.text)}\` cannot follow \`${excerpt(token.text)}\` in a claim`,
      inOneWord(tokens, side),
    );
  }
  const [, model, metric, rest] = METRIC.exec(token.text) ?? [];
  if (model === undefined || metric === undefined) {
    fail(
      token,
      `\`${excerpt(token.text)}\` is neither a number nor a model's metric`,
      ["write model.metric: result.accuracy", inOneWord(side.words, side) ?? []].flat().join("; "),
    );
  }
  const dimension = side.metrics.get(metric)?.dimension;
  if (dimension === undefined) {
    const names = claimable(side.metrics);
    const slip = meantValue(metric, names) ?? slipOf(metric, names);
    fail(
      { text: metric, offset: token.offset + model.length + 1 },
      `there is no metric \`${excerpt(metric)}\``,
      slip === undefined
        ? `one of: ${names.join(", ")}`
        : `did you mean ${slip}?${VALIDATED.test(metric) ? " Claims are about test samples" : ""}`,
    );
  }
  const { offset, text } = token;
  const named = given({ model, metric, key: rest });
  return { term: named, dimension, offset, length: text.length, text };
}

/** How words are written that may be the name of a class with blanks; undefined where they begin with no class. */
function inOneWord(words: readonly Token[], { whole, metrics }: ClaimSide): string | undefined {
  const [first, last] = [words[0]!, words.at(-1)!];
  const [, , metric, key] = METRIC.exec(first.text) ?? [];
  if (key === undefined || !metrics.get(metric!)?.perClass) return undefined;
  const written = whole.text.slice(first.offset, last.offset + last.text.length);
  return `blanks in the name of a class are written \`_\`: ${excerpt(claimedClass(written), 200)}`;
}

function readQuantity(tokens: readonly Token[]): PlacedTerm {
  const [token, next, extra] = tokens as [Token, Token?, Token?];
  const [digits] = NUMBER.exec(token.text)!;
  const glued = token.text.slice(digits.length);
  const unitToken = glued === "" ? next : { text: glued, offset: token.offset + digits.length };
  const surplus = glued === "" ? extra : next;
  if (surplus !== undefined) {
    fail(surplus, `\`${excerpt(surplus.text)}\` cannot follow a number in a claim`);
  }
  const number = Number(digits);
  if (!Number.isFinite(number)) fail(token, `\`${excerpt(digits)}\` is not a finite number`);
  const end = unitToken === undefined ? token : unitToken;
  const length = end.offset + end.text.length - token.offset;
  const text = unitToken === undefined ? digits : `${digits} ${unitToken.text}`;
  const placed = { offset: token.offset, length, text };
  if (unitToken === undefined) {
    return { term: { quantity: number, dimension: "plain", text }, dimension: "plain", ...placed };
  }
  const unit = Object.hasOwn(units, unitToken.text) ? units[unitToken.text] : undefined;
  if (unit === undefined) {
    const slip = slipOf(unitToken.text, Object.keys(units));
    fail(
      unitToken,
      `there is no unit \`${excerpt(unitToken.text)}\``,
      slip === undefined ? `one of: ${Object.keys(units).join(" ")}` : `did you mean ${slip}?`,
    );
  }
  const { dimension, size } = unit;
  // A hundredth is divided by, not multiplied with: 98 / 100 is the double that 0.98 is written as.
  const quantity = size === 0.01 ? number / 100 : size === 1e-3 ? number / 1e3 : number * size;
  return { term: { quantity, dimension, text }, dimension, unit: unitToken.text, ...placed };
}

/** In the order in which they are named to a person. */
const dimensions: readonly Dimension[] = ["fraction", "count", "bytes", "time", "plain"];

/** The metrics that a claim can be about: those of one dimension beside one another. */
function claimable(metrics: MetricSet): string[] {
  const rows = [...metrics.values()];
  return dimensions.flatMap((dimension) =>
    rows.filter((row) => row.dimension === dimension).map(({ name }) => name)
  );
}

function isRelation(text: string): boolean {
  return (relations as readonly string[]).includes(text);
}

function plain({ first, sign, second }: PlacedValue): ClaimValue {
  return { first: first.term, ...given({ sign, second: second?.term }) };
}

function fail(token: Token, message: string, help?: string): never {
  throw new Misread({
    code: "claim",
    message,
    ...given({ help }),
    offset: token.offset,
    length: Math.max(1, token.text.length),
  });
}
