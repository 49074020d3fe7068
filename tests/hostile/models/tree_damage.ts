/** Damage of JSON and of trees like it: what is meant is changed, and the text stays one that parses. */
import { type Draw, oneOf, type Way } from "../damage.ts";

const HOSTILE_NUMBERS = [
  ...[
    0,
    -1,
    0.5,
    1,
    3,
    65536,
    1e6,
    1e9,
    2147483647,
    2147483648,
    4294967296,
    2 ** 53,
    1e300,
    -1e300,
  ],
];

/** Texts that steer terminals, name other files, or are names that every object has. */
const HOSTILE_TEXTS = [
  ...["", "\u001b[31mred\u001b[0m\u0007", "two\r\nlines", "\u202eback", "\0", "\ud800", "\ufffd"],
  ...["__proto__", "constructor", "toString", "NaN", "1e999", "-1", "\u009b2J", "a\u2028b"],
  ...["../../../etc/passwd", "/etc/passwd", "https://host.invalid/a", "x".repeat(5000)],
];

/** Stands in a tree for a list of many levels, which no writer of JSON gets to the bottom of. */
const NEST = "@nest@";
const DEPTHS = [20, 1000, 20_000];

/** A place in a tree. */
interface Place {
  readonly within: Record<string, unknown>;
  readonly key: string;
}

const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !ArrayBuffer.isView(value);

/** Every place below the root. */
function placesIn(root: unknown): Place[] {
  const places: Place[] = [];
  const left = [root];
  while (left.length > 0) {
    const within = left.pop();
    if (!isBranch(within)) continue;
    for (const key of Object.keys(within)) {
      places.push({ within, key });
      left.push(within[key]);
    }
  }
  return places;
}

const valueAt = ({ within, key }: Place): unknown => within[key];

/** A value of the same type that nobody expects. */
function hostile(value: unknown, draw: Draw): unknown {
  if (typeof value === "number") return oneOf(HOSTILE_NUMBERS, draw);
  if (typeof value === "string") return oneOf(HOSTILE_TEXTS, draw);
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return draw(2) === 0 ? [] : value.slice(0, draw(value.length + 1));
  return draw(2) === 0 ? {} : null;
}

type Change = (places: readonly Place[], draw: Draw) => void;

function put({ within, key }: Place, value: unknown): void {
  // As JSON.parse has it: a name is a property of its own, whatever it is.
  Object.defineProperty(within, key, {
    ...{ value, configurable: true, enumerable: true, writable: true },
  });
}

/** Changes that keep the types of what they change. */
const typed: readonly Change[] = [
  (places, draw) => {
    const place = oneOf(places, draw);
    put(place, hostile(valueAt(place), draw));
  },
  // A number or a text becomes another one of the tree: names then lead in circles, sizes do not fit.
  (places, draw) => {
    const place = oneOf(places, draw);
    const alike = places.filter((other) => typeof valueAt(other) === typeof valueAt(place));
    put(place, structuredClone(valueAt(oneOf(alike, draw))));
  },
  // Two of a list change places, or one is there several times, or not at all.
  (places, draw) => {
    const lists = places.map(valueAt).filter((value) => Array.isArray(value) && value.length > 0);
    if (lists.length === 0) return;
    const list = oneOf(lists, draw) as unknown[];
    const [from, to] = [draw(list.length), draw(list.length)];
    const kind = draw(4);
    if (kind === 0) [list[from], list[to]] = [list[to], list[from]];
    else if (kind === 1) list.splice(from, 1);
    else {
      const more = Array.from({ length: kind === 2 ? 1 : 200 }, () => structuredClone(list[from]));
      list.splice(to, 0, ...more);
    }
  },
  // All numbers of a list at once.
  (places, draw) => {
    const lists = places.map(valueAt).filter((value) =>
      Array.isArray(value) && typeof value[0] === "number"
    );
    if (lists.length > 0) (oneOf(lists, draw) as number[]).fill(oneOf(HOSTILE_NUMBERS, draw));
  },
];

const untyped: readonly Change[] = [
  ...typed,
  (places, draw) => {
    const { within, key } = oneOf(places, draw);
    delete within[key];
  },
  (places, draw) => put(oneOf(places, draw), oneOf([null, [], {}, "x", 7, true, [[]]], draw)),
  // Something else of the same tree.
  (places, draw) => put(oneOf(places, draw), structuredClone(valueAt(oneOf(places, draw)))),
  (places, draw) => put(oneOf(places, draw), `${NEST}${oneOf(DEPTHS, draw)}@`),
  // A field under another name.
  (places, draw) => {
    const { within, key } = oneOf(places, draw);
    if (Array.isArray(within)) return;
    put({ within, key: oneOf(HOSTILE_TEXTS, draw) }, within[key]);
    delete within[key];
  },
];

/** A copy of a tree with one to three changes; typed ones alone where whoever writes it insists. */
export function damagedTree<T>(tree: T, draw: Draw, keepTypes = false): T {
  let copy: T;
  try {
    copy = structuredClone(tree);
  } catch (error) {
    // An earlier damage has made it too deep to be copied.
    if (error instanceof RangeError) return tree;
    throw error;
  }
  for (let left = 1 + draw(3); left > 0; left--) {
    const places = placesIn(copy);
    if (places.length > 0) oneOf(keepTypes ? typed : untyped, draw)(places, draw);
  }
  return copy;
}

/** A tree as text; what stands for levels is spelled out. */
export const textOf = (tree: unknown): string =>
  JSON.stringify(tree).replace(
    new RegExp(`"${NEST}(\\d+)@"`, "g"),
    (_, depth) => "[".repeat(Number(depth)) + "]".repeat(Number(depth)),
  );

/** A file of JSON, in which something else is said; of bytes that are none, the same bytes. */
export const json: Way = (bytes, draw) => {
  const tree = parsed(new TextDecoder().decode(bytes));
  return tree === undefined ? bytes : new TextEncoder().encode(textOf(damagedTree(tree, draw)));
};

/** What a text says; undefined where it is no JSON, or too deep. */
export function parsed(text: string): unknown {
  // What is too deep to be copied is too deep to be changed.
  if (/(?:\[\s*){200}|(?:\{[^{}]{0,40}){200}/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
