/** Writes Parquet files by hand, so that a test can write those that no library writes. */

/** A value in Thrift's compact protocol: numbers are of 32 bits or 64, texts bytes, objects structs by number. */
export type Written =
  | boolean
  | number
  | bigint
  | string
  | readonly Written[]
  | { readonly [field: number]: Written };

/** A number, seven bits a byte. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(value % 128 + 128);
  return [...bytes, value];
}

/** A whole number, its sign in the lowest bit. */
export const zigzag = (value: number): number[] => varint(value < 0 ? -2 * value - 1 : 2 * value);

function contentOf(value: Written): readonly [type: number, bytes: readonly number[]] {
  if (typeof value === "boolean") return [value ? 1 : 2, []];
  if (typeof value === "number") return [5, zigzag(value)];
  if (typeof value === "bigint") return [6, zigzag(Number(value))];
  if (typeof value === "string") {
    const text = new TextEncoder().encode(value);
    return [8, [...varint(text.length), ...text]];
  }
  if (!Array.isArray(value)) return [12, structBytes(value as { [field: number]: Written })];
  const items = value.map(contentOf);
  const type = items[0]?.[0] ?? 12;
  return [9, [0xf0 | type, ...varint(items.length), ...items.flatMap(([, bytes]) => bytes)]];
}

/** A struct, each field with its number written out. */
export function structBytes(struct: { readonly [field: number]: Written }): number[] {
  const fields = Object.entries(struct).flatMap(([field, value]) => {
    const [type, bytes] = contentOf(value);
    return [type, ...zigzag(Number(field)), ...bytes];
  });
  return [...fields, 0];
}

/** Four bytes, the lowest first. */
export const fourBytes = (value: number): number[] => [
  ...new Uint8Array(Uint32Array.of(value).buffer),
];

const MAGIC = [0x50, 0x41, 0x52, 0x31];

/** A file: what stands in front of its footer, from byte 4 on, and the footer. */
export function parquetBytes(
  body: readonly number[],
  footer: { readonly [field: number]: Written },
): Uint8Array {
  const end = structBytes(footer);
  return Uint8Array.from([...MAGIC, ...body, ...end, ...fourBytes(end.length), ...MAGIC]);
}

/** Three columns of ten rows in groups of four, as another program writes them; `options` are its own. */
export const tenRows = async (options: object = {}): Promise<Uint8Array> => {
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  const column = <T>(name: string, value: (i: number) => T) => ({
    name,
    data: Array.from({ length: 10 }, (_, i) => value(i)),
  });
  return new Uint8Array(parquetWriteBuffer({
    columnData: [
      column("a", (i) => i / 2),
      column("b", (i) => `t${i}`),
      column("c", (i) => i % 2 === 0 ? null : i),
    ],
    rowGroupSize: 4,
    codec: "UNCOMPRESSED",
    ...options,
    // deno-lint-ignore no-explicit-any
  } as any));
};
