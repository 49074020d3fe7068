/** Damage of safetensors: what the header says, and the tensors that it says it of. */
import { type Draw, oneOf, type Way } from "../damage.ts";
import { damagedTree, parsed, textOf } from "./tree_damage.ts";

type Header = Record<string, Record<string, unknown>>;

/** A file with another header before the same bytes. */
function headed(header: unknown, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(textOf(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

function partsOf(
  bytes: Uint8Array,
): { readonly header: Header; readonly data: Uint8Array } | undefined {
  if (bytes.length < 8) return undefined;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const header = length < bytes.length ? parsed(text) : undefined;
  return header === undefined
    ? undefined
    : { header: header as Header, data: bytes.subarray(8 + length) };
}

type Change = (header: Header, draw: Draw) => Header;

const tensorsOf = (header: Header) => Object.keys(header).filter((name) => name !== "__metadata__");

const changes: readonly Change[] = [
  (header, draw) => damagedTree(header, draw),
  // A tensor is that of another name, or both are.
  (header, draw) => {
    const names = tensorsOf(header);
    const [one, other] = [oneOf(names, draw), oneOf(names, draw)];
    return { ...header, [one]: header[other]!, ...draw(2) === 0 ? { [other]: header[one]! } : {} };
  },
  // Numbers of another type and as many bytes.
  (header, draw) => {
    const name = oneOf(tensorsOf(header), draw);
    return {
      ...header,
      [name]: { ...header[name], dtype: oneOf(["I32", "U32", "F16", "BF16"], draw) },
    };
  },
  // Axes in another order, or as one.
  (header, draw) => {
    const name = oneOf(tensorsOf(header), draw);
    const { shape } = header[name] ?? {};
    if (!Array.isArray(shape)) return header;
    const size = shape.reduce((product: number, extent: number) => product * extent, 1);
    const others = [shape.toReversed(), [size], [1, size], [...shape, 1]];
    return { ...header, [name]: { ...header[name], shape: oneOf(others, draw) } };
  },
  // What is said of the model beside its tensors, where that is JSON itself.
  (header, draw) => {
    const { __metadata__: metadata = {} } = header;
    const told = parsed(String(metadata.decant));
    if (told === undefined) return damagedTree(header, draw);
    return { ...header, "__metadata__": { ...metadata, decant: textOf(damagedTree(told, draw)) } };
  },
];

/** A file whose header says something else. */
export const safetensorsHeader: Way = (bytes, draw) => {
  const parts = partsOf(bytes);
  if (parts === undefined || tensorsOf(parts.header).length === 0) return bytes;
  return headed(oneOf(changes, draw)(parts.header, draw), parts.data);
};

/** The length of the header as some other number. */
export const safetensorsLength: Way = (bytes, draw) => {
  const copy = bytes.slice();
  if (copy.length < 8) return copy;
  const lengths = [0n, 1n, BigInt(copy.length), BigInt(copy.length - 8), 2n ** 32n, 2n ** 63n - 1n];
  new DataView(copy.buffer).setBigUint64(0, oneOf(lengths, draw), true);
  return copy;
};
