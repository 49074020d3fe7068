import assert from "node:assert/strict";
import { encodePng } from "../../../../engine/deps/fast_png.ts";
import { decodedAhead, decodePiece } from "../../../../ops/data/images/decode_ahead.ts";
import { runContext } from "../../run_context.ts";

const flat = (value: number, side: number): Uint8Array =>
  encodePng({
    width: side,
    height: side,
    channels: 1,
    data: new Uint8Array(side * side).fill(value),
  });

/** So many pictures by name, and a context that counts those that were read. */
function pictures(count: number, side: number, threads: number, memory?: number) {
  const files = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${i}.png`, flat(i % 256, side)]),
  );
  const context = runContext({ files, ...memory && { memory } });
  const read: string[] = [];
  return {
    names: Object.keys(files).map((name) => ({ name })),
    read,
    context: {
      ...context,
      threads,
      read: (name: string) => {
        read.push(name);
        return context.read(name);
      },
    },
  };
}

Deno.test("pictures come in their order, whatever is decoded ahead", async () => {
  for (const threads of [1, 3]) {
    const { names, context } = pictures(600, 4, threads);
    const values: number[] = [];
    const sizes: number[] = [];
    for await (const piece of decodedAhead(names, {}, context)) {
      sizes.push(piece.length);
      values.push(...piece.map(({ data }) => data[15]!));
    }
    assert.deepEqual(values, names.map((_, i) => i % 256));
    // One tells how large they are; then as many as a piece has at most.
    assert.deepEqual(sizes, [1, 256, 256, 87]);
  }
});

Deno.test("they are made to fit, and bytes that are at hand are not read", async () => {
  const { context, read } = pictures(0, 1, 1);
  const files = [{ name: "row 1", bytes: flat(9, 4) }];
  const [piece] = await Array.fromAsync(
    decodedAhead(files, { resize: [2, 3], color: "rgb" }, context),
  );
  assert.deepEqual(
    piece!.map(({ height, width, channels, data }) => [height, width, channels, [...data]]),
    [[2, 3, 3, Array(18).fill(9)]],
  );
  assert.deepEqual(read, []);
  const wrong = decodedAhead([{ name: "row 2", bytes: Uint8Array.of(1) }], {}, context);
  await assert.rejects(wrong.next(), /^RangeError: Cannot read "row 2": it is neither/);
});

Deno.test("no more is decoded ahead than threads can use, and of what would fill a quarter of the budget nothing", async () => {
  // Sixteen in a piece of a megabyte.
  for (const [memory, most] of [[undefined, 1 + 3 * 16], [32 * 4 * 256 ** 2, 1 + 16]] as const) {
    const { names, read, context } = pictures(100, 256, 2, memory);
    const taken = decodedAhead(names, {}, context);
    await taken.next();
    assert.equal(read.length, 1, "one tells how large they are");
    await taken.next();
    await taken.return(undefined);
    assert.equal(read.length, most);
  }
});

Deno.test("the error of the first picture that cannot be read is told, and nothing is left at work", async () => {
  const { names, context } = pictures(5, 400, 2);
  const files = names.map((file, i) =>
    i < 3 ? file : { name: `bad ${i}`, bytes: new Uint8Array(9) }
  );
  await assert.rejects(
    Array.fromAsync(decodedAhead(files, {}, context)),
    /^RangeError: Cannot read "bad 3"/,
  );
});

Deno.test("a piece tells the pixels of the largest picture before it was made to fit", async () => {
  const { context } = pictures(0, 1, 1);
  const files = [4, 7, 5].map((side) => ({ name: `${side}`, bytes: flat(side, side) }));
  const { pictures: made, pixels } = await decodePiece(files, { resize: [1, 1] }, context);
  assert.deepEqual([made.map(({ data }) => data[0]), pixels], [[4, 7, 5], 49]);
});

Deno.test("a WebP file is decoded in another thread as in this one", async () => {
  const { context } = pictures(0, 1, 1);
  const base64 = "UklGRigAAABXRUJQVlA4TBsAAAAvA4AAAE1kRP8DBNk2NPM5XJXvMNtTEtEAxgEA";
  const files = [{ name: "a.webp", bytes: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)) }];
  const [piece] = await Array.fromAsync(decodedAhead(files, {}, context));
  assert.deepEqual(piece!.map(({ width, data }) => [width, ...data.subarray(0, 5)]), [
    [4, 0, 37, 74, 148, 185],
  ]);
});
