/** How a Parquet file is laid out: its schema, and where the pages of each column are, all of it inside the file. */
import { type Codec, codecOf } from "./codecs.ts";
import { countIn, DamagedError, readStruct, type Struct, structIn, structsIn } from "./thrift.ts";

/** A column of numbers or texts, perhaps inside of lists. */
export interface Leaf {
  readonly path: string;
  /** 0 truth values, 1 int32, 2 int64, 3 int96, 4 float, 5 double, 6 texts, 7 bytes of one length. */
  readonly type: number;
  /** Bytes of a value of type 7. */
  readonly width: number;
  /** How often a value of it may be absent, and repeated, counted from its outermost part. */
  readonly levels: { readonly definition: number; readonly repetition: number };
  readonly flat: boolean;
}

/** A column's part of a group of rows. */
export interface ColumnChunk {
  readonly leaf: Leaf;
  readonly rows: number;
  readonly values: number;
  /** How its pages are packed. */
  readonly codec: Codec;
  readonly from: number;
  readonly to: number;
}

const MAGIC = 0x31524150;
/** A schema is no deeper, a value of one length no longer. */
const DEEPEST = 32;
const WIDEST = 1 << 20;
const REQUIRED = 0;
const REPEATED = 2;

/** The columns' parts, group by group. Throws a DamagedError where the file is not as it should be. */
export function columnChunks(bytes: Uint8Array): readonly ColumnChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  if (length < 12 || view.getUint32(length - 4, true) !== MAGIC) {
    throw new DamagedError("it does not end as a Parquet file; get it again");
  }
  const footer = length - 8 - view.getUint32(length - 8, true);
  if (footer < 4) throw new DamagedError("its footer is larger than the file");
  const { value: file } = readStruct(bytes, footer, length - 8);
  const leaves = leavesOf(structsIn(file, 2));
  const rows = countIn(file, 3);
  const groups = structsIn(file, 4);
  const chunks = groups.flatMap((group) => chunksOf(group, leaves, footer));
  const counted = groups.reduce((sum, group) => sum + countIn(group, 3), 0);
  if (counted !== rows) throw new DamagedError("its groups have more rows or fewer than it says");
  const taken = chunks.reduce((sum, { from, to }) => sum + to - from, 0);
  if (taken > length) throw new DamagedError("its columns lie over one another");
  return chunks;
}

function chunksOf(group: Struct, leaves: readonly Leaf[], end: number): readonly ColumnChunk[] {
  const columns = structsIn(group, 1);
  const rows = countIn(group, 3);
  if (columns.length !== leaves.length) {
    throw new DamagedError("a group of its rows has not the columns of its schema");
  }
  return columns.map((column, i) => {
    const leaf = leaves[i]!;
    const about = structIn(column, 3);
    const codec = codecOf(countIn(about, 4));
    const from = countIn(about, 11, 0) || countIn(about, 9);
    const to = from + countIn(about, 7);
    if (to > end || textsIn(about, 3).join(".") !== leaf.path || about[1] !== leaf.type) {
      throw new DamagedError("a column is not where it should be");
    }
    return { leaf, rows, values: countIn(about, 5), codec, from, to };
  });
}

/** The leaves of the schema's tree, which is written as a list: each part with the number of those right behind it in it. */
function leavesOf(elements: readonly Struct[]): readonly Leaf[] {
  const leaves: Leaf[] = [];
  let next = 1;
  const [root] = elements;
  if (root === undefined) throw new DamagedError("it has no schema");
  children(root, [], { definition: 0, repetition: 0 });
  if (next !== elements.length || leaves.length === 0) {
    throw new DamagedError("its schema is damaged");
  }
  return leaves;

  function children(of: Struct, path: readonly string[], levels: Leaf["levels"]): void {
    const count = countIn(of, 5);
    if (path.length > DEEPEST) throw new DamagedError("its schema is too deep");
    const names = new Set<string>();
    for (let i = 0; i < count; i++) {
      const element = elements[next++];
      if (element === undefined) throw new DamagedError("its schema is cut off");
      const name = textOf(element[4]);
      if (names.has(name)) throw new DamagedError("two of its columns have one name");
      names.add(name);
      place(element, [...path, name], levels);
    }
  }

  function place(element: Struct, path: readonly string[], outer: Leaf["levels"]): void {
    const repeats = countIn(element, 3, REQUIRED);
    if (repeats > REPEATED) throw new DamagedError("its schema is damaged");
    const levels = {
      definition: outer.definition + (repeats === REQUIRED ? 0 : 1),
      repetition: outer.repetition + (repeats === REPEATED ? 1 : 0),
    };
    const inner = countIn(element, 5, 0);
    if (inner > 0) return children(element, path, levels);
    const [type, width] = [countIn(element, 1), countIn(element, 2, 0)];
    if (type > 7 || width > WIDEST || type === 7 && width === 0) {
      throw new DamagedError("its schema has a column of no known type");
    }
    const flat = path.length === 1 && repeats !== REPEATED;
    leaves.push({ path: path.join("."), type, width, levels, flat });
  }
}

function textsIn(struct: Struct, field: number): readonly string[] {
  const list = struct[field];
  return Array.isArray(list) ? list.map(textOf) : [textOf(list)];
}

function textOf(value: Struct[number] | undefined): string {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  throw new DamagedError("a name in its header is missing");
}
