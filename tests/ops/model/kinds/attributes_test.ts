/** What the attributes of each kind of layer may be, where a file holds them. */
import assert from "node:assert/strict";
import { LEAKY_SLOPE } from "../../../../ops/model/kinds/attributes.ts";
import { kinds } from "../../../../ops/model/kinds/mod.ts";
import { assertListed } from "../../../listed.ts";

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema | readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** A schema in a few words. */
function told({ type, const: value, minimum, maximum, exclusiveMaximum, ...of }: Schema): string {
  if (value !== undefined) return String(value);
  if (of.anyOf !== undefined) return of.anyOf.map(told).join(" | ");
  if (type === "integer") return `${minimum}…${maximum === 2 ** 31 - 1 ? "" : maximum}`;
  if (type === "number") {
    return exclusiveMaximum === undefined ? `≥ ${minimum}` : `${minimum}…<${exclusiveMaximum}`;
  }
  if (type !== "array") return String(type);
  if (!Array.isArray(of.items)) return `(${told(of.items as Schema)}) each`;
  assert.deepEqual([of.minItems, of.maxItems], [of.items.length, of.items.length]);
  return `[${of.items.map(told).join(", ")}]`;
}

const pair = "[1…, 1…]";
const margins = "[[0…, 0…], [0…, 0…]]";
const named = "same | valid";
const window = { strides: pair, padding: `${named} | ${margins}`, dilations: pair };
const activation = "linear | relu | relu6 | sigmoid | tanh | gelu | elu | leaky-relu";
const ending = { bias: "boolean", activation };

Deno.test("each kind has its attributes, all of which must be there, and their limits", () => {
  const found = kinds.map(({ kind, attributes }) => {
    const { properties = {}, required = [] } = JSON.parse(JSON.stringify(attributes)) as Schema;
    assert.deepEqual([...required].sort(), Object.keys(properties).sort(), kind);
    const rows = Object.entries(properties).map(([name, schema]) => [name, told(schema)]);
    return [kind, Object.fromEntries(rows)];
  });
  assertListed(Object.fromEntries(found), {
    dense: { units: "1…", ...ending },
    conv: { filters: "1…", kernel: pair, ...window, ...ending },
    depthwise: { multiplier: "1…", kernel: pair, ...window, ...ending },
    "conv-transpose": { filters: "1…", kernel: pair, strides: pair, padding: named, ...ending },
    batchnorm: { epsilon: "≥ 0", momentum: "≥ 0", activation },
    "layer-norm": { epsilon: "≥ 0" },
    embedding: { vocabulary: "1…", size: "1…" },
    position: {},
    first: {},
    attention: { heads: "1…" },
    recurrent: { units: "1…", sequence: "boolean", gates: "sigmoid | hard-sigmoid" },
    activation: { activation },
    dropout: { rate: "0…<1" },
    sample: {},
    "max-pool": { size: pair, ...window },
    "average-pool": { size: pair, ...window },
    "global-average-pool": {},
    "global-max-pool": {},
    upsample: { size: pair },
    pad: { amounts: margins },
    crop: { amounts: margins },
    flatten: {},
    reshape: { shape: "(-1 | 1…) each" },
    permute: { order: "(0…) each" },
    add: { activation },
    concat: {},
    mixture: { shares: "(≥ 0) each" },
    split: { parts: "1…", part: "0…" },
    shuffle: { groups: "1…" },
  });
});

Deno.test("a leaky ReLU falls by a fifth below 0", () => {
  assert.equal(LEAKY_SLOPE, 0.2);
});
