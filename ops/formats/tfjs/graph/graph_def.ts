/** TensorFlow's GraphDef as tfjs writes it into a `model.json`: nodes with what they say of themselves. */
import { quoted, quotedJson } from "../../../../engine/quote.ts";
import { UnreadableModelError } from "../../format.ts";
import { isJsonObject, type JsonObject, textIn } from "../../json_object.ts";

/** A node's attributes by name and type. */
interface DefAttributes {
  int(name: string, otherwise: number): number;
  float(name: string, otherwise: number): number;
  flag(name: string): boolean;
  text(name: string, otherwise: string): string;
  ints(name: string): readonly number[] | undefined;
  texts(name: string): readonly string[];
  /** The name of a type of numbers, `DT_FLOAT`. */
  type(name: string): string;
  /** Extents; 0 for one that is left open. undefined where nothing is said. */
  shape(name: string): readonly number[] | undefined;
}

/** A node. */
export interface DefNode extends DefAttributes {
  readonly name: string;
  readonly op: string;
  /** Tensors by name: a node's first by that of the node, further ones with their number behind a colon. */
  readonly inputs: readonly string[];
}

const MOST_NODES = 20_000;

/** The nodes in the order of the file. Throws an UnreadableModelError where there are none. */
export function nodesOf(modelTopology: unknown): readonly DefNode[] {
  const written = isJsonObject(modelTopology) ? modelTopology.node : undefined;
  if (!Array.isArray(written) || written.length === 0) {
    throw new UnreadableModelError("Cannot read the model: its graph has no nodes");
  }
  if (written.length > MOST_NODES) {
    throw new UnreadableModelError(
      `Cannot read the model: it has ${written.length} nodes, more than ${MOST_NODES}`,
    );
  }
  const nodes = written.map(nodeOf);
  const names = new Set<string>();
  for (const { name } of nodes) {
    if (names.size === names.add(name).size) {
      throw new UnreadableModelError(
        `Cannot read the model: two of its nodes are called ${quoted(name)}`,
      );
    }
  }
  return nodes;
}

/** The name of a tensor as nodes have it here: the first of a node has the node's. */
export const tensorName = (written: string): string => written.replace(/:0$/, "");

function nodeOf(node: unknown): DefNode {
  const { name, op, input = [], attr = {} } = isJsonObject(node) ? node : {};
  const named = typeof name === "string" && name !== "" && typeof op === "string";
  if (!named || !isJsonObject(attr)) {
    throw new UnreadableModelError(
      `Cannot read the model: one of its nodes is ${quotedJson(node ?? null)}`,
    );
  }
  if (!Array.isArray(input) || !input.every((each) => typeof each === "string")) {
    throw new UnreadableModelError(
      `Cannot read node ${quoted(name)}: its inputs are no list of names`,
    );
  }
  // What begins so is no value: it only says what runs before.
  const inputs = input.filter((each) => !each.startsWith("^")).map(tensorName);
  return { name, op, inputs, ...attributesOf(name, attr) };
}

/** The attributes; a node that has one of another type than TensorFlow gives it is damaged. */
function attributesOf(node: string, attr: JsonObject): DefAttributes {
  const wrong = (name: string) =>
    new UnreadableModelError(
      `Cannot read node ${quoted(node)}: its ${quoted(name)} is ${quotedJson(attr[name] as never)}`,
    );
  const field = (name: string, key: string): unknown => {
    const found = Object.hasOwn(attr, name) ? attr[name] : undefined;
    return isJsonObject(found) ? found[key] : undefined;
  };
  const number = (name: string, written: unknown): number => {
    const found = typeof written === "string" && written.trim() !== "" ? Number(written) : written;
    if (typeof found === "number" && !Number.isNaN(found)) return found;
    throw wrong(name);
  };
  const text = (name: string, written: unknown): string => {
    if (Array.isArray(written)) return String.fromCharCode(...written.slice(0, 1 << 10));
    if (typeof written !== "string") throw wrong(name);
    try {
      return new TextDecoder().decode(Uint8Array.fromBase64(written));
    } catch {
      throw wrong(name);
    }
  };
  const list = (name: string, key: string): readonly unknown[] | undefined => {
    const found = field(name, "list");
    const items = isJsonObject(found) ? found[key] : undefined;
    if (items === undefined) return found === undefined ? undefined : [];
    if (Array.isArray(items)) return items;
    throw wrong(name);
  };
  return {
    int(name, otherwise) {
      const found = field(name, "i");
      return found === undefined ? otherwise : number(name, found);
    },
    float(name, otherwise) {
      const found = field(name, "f");
      return found === undefined ? otherwise : number(name, found);
    },
    flag: (name) => field(name, "b") === true,
    text(name, otherwise) {
      const found = field(name, "s");
      return found === undefined ? otherwise : text(name, found);
    },
    ints: (name) => list(name, "i")?.map((each) => number(name, each)),
    texts: (name) => (list(name, "s") ?? []).map((each) => text(name, each)),
    type: (name) => typeName(field(name, "type")),
    shape: (name) => extentsOf(field(name, "shape")),
  };
}

/** Types of numbers that files write as TensorFlow's numbers of them. */
const TYPES: Readonly<Record<number, string>> = {
  1: "DT_FLOAT",
  2: "DT_DOUBLE",
  3: "DT_INT32",
  4: "DT_UINT8",
  6: "DT_INT8",
  7: "DT_STRING",
  9: "DT_INT64",
  10: "DT_BOOL",
  14: "DT_BFLOAT16",
  19: "DT_HALF",
};

/** The name of a type, as a name or a number is written. */
export const typeName = (written: unknown): string =>
  typeof written === "number" ? TYPES[written] ?? `${written}` : textIn(written ?? "DT_FLOAT");

/** Extents of a written TensorShape; 0 for one that is left open. */
export function extentsOf(shape: unknown): readonly number[] | undefined {
  if (!isJsonObject(shape) || shape.unknownRank === true) return undefined;
  const { dim = [] } = shape;
  if (!Array.isArray(dim)) return undefined;
  return dim.map((each) => {
    const extent = isJsonObject(each) ? Number(each.size ?? -1) : -1;
    return Number.isInteger(extent) && extent > 0 ? extent : 0;
  });
}
