import assert from "node:assert/strict";
import { FileBytes } from "../../../../../ops/formats/keras/hdf5/file_bytes.ts";
import {
  MESSAGE,
  messageOf,
  messagesAt,
  rootAddress,
} from "../../../../../ops/formats/keras/hdf5/objects.ts";

/** A header of the first version at 16: messages as [type, content]. */
function early(...messages: readonly (readonly [number, readonly number[]])[]): Uint8Array {
  const body = messages.flatMap(([type, content]) => [
    ...[type, 0, content.length, 0, 0, 0, 0, 0],
    ...content,
  ]);
  return Uint8Array.from([
    ...Array(16).fill(0),
    ...[1, 0, messages.length, 0, 1, 0, 0, 0, body.length, 0, 0, 0, 0, 0, 0, 0],
    ...body,
  ]);
}

const opened = (bytes: Uint8Array) => new FileBytes(bytes, "a.h5");
const word = (value: number) => [value, 0, 0, 0, 0, 0, 0, 0];

Deno.test("messages of a header stand one behind another, those of a block that it goes on in too", () => {
  const bytes = early([MESSAGE.dataspace, [1, 2, 3]], [
    MESSAGE.continuation,
    [...word(72), ...word(10)],
  ]);
  const file = opened(Uint8Array.from([...bytes, 0, 0, 0, 0, 0, 12, 0, 2, 0, 2, 0, 0, 0, 7, 8]));
  const messages = messagesAt(file, 16);
  assert.deepEqual(messages.map(({ type }) => type), [1, 16, 12]);
});

Deno.test("a message says whether its content is elsewhere, and is found by its type", () => {
  const bytes = early([MESSAGE.datatype, [9, 9]], [MESSAGE.layout, [3]]);
  bytes[16 + 16 + 4] = 2;
  const messages = messagesAt(opened(bytes), 16);
  assert.deepEqual(messageOf(messages, MESSAGE.datatype), {
    type: 3,
    size: 2,
    at: 40,
    shared: true,
  });
  assert.deepEqual(messageOf(messages, MESSAGE.layout), {
    type: 8,
    size: 1,
    at: 50,
    shared: false,
  });
  assert.equal(messageOf(messages, MESSAGE.link), undefined);
});

Deno.test("a block that goes on in itself, or is longer than the file, is damage", () => {
  const itself = early([MESSAGE.continuation, [...word(32), ...word(24)]]);
  assert.throws(() => messagesAt(opened(itself), 16), /damaged/);
  const long = early([MESSAGE.layout, [3]]);
  long[24] = 200;
  assert.throws(() => messagesAt(opened(long), 16), /damaged/);
  assert.throws(() => messagesAt(opened(Uint8Array.of(7, 7, 7, 7)), 0), /damaged/);
});

Deno.test("a superblock of every version names the root; another is refused by its number", () => {
  const head = [0x89, ...new TextEncoder().encode("HDF\r\n\x1a\n")];
  const zeros = (count: number) => Array(count).fill(0);
  const sized = (...bytes: number[]) => opened(Uint8Array.from([...head, ...bytes]));
  const v0 = sized(0, 0, 0, 0, 0, 8, 8, 0, ...zeros(8), ...zeros(32), ...word(5), ...word(99));
  assert.equal(rootAddress(v0), 99);
  const v1 = sized(1, 0, 0, 0, 0, 8, 8, 0, ...zeros(12), ...zeros(32), ...word(5), ...word(98));
  assert.equal(rootAddress(v1), 98);
  const v2 = sized(2, 8, 8, 0, ...zeros(24), ...word(97));
  assert.equal(rootAddress(v2), 97);
  assert.throws(() => rootAddress(sized(4, 8, 8, 0)), /superblock is of version 4, 3 is known/);
  assert.throws(() => rootAddress(sized(2, 4, 8, 0, ...zeros(32))), /damaged/);
});
