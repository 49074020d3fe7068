/** What is refused of files that somebody made who knows how: each sentence, and the bounds. */
import assert from "node:assert/strict";
import { deflateSync, inflateSync } from "../../../../engine/deps/fflate.ts";
import { digestOf } from "../../../../engine/digest.ts";
import { decodePacked, encodePacked } from "../../../../ops/formats/packed/packed.ts";
import { livelyModel } from "../../lively_model.ts";
import { denseModel } from "../../prune/dense_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";

const how = { coding: "huffman", indices: "relative", indexBits: 5 } as const;
const model = livelyModel(zooNetworks["mlp"]!);
const file = encodePacked(model, how);
const [size, stored] = [5, 9].map((at) => new DataView(file.buffer).getUint32(at, true)) as [
  number,
  number,
];

/** The bytes with a check sum that is right. */
function sealed(body: Uint8Array): Uint8Array {
  const digest = digestOf(body);
  const check = Array.from({ length: 8 }, (_, i) => parseInt(digest.slice(2 * i, 2 * i + 2), 16));
  return Uint8Array.of(...body, ...check);
}

/** A header of our own before the weights. */
function headed(text: Uint8Array, told = text.length): Uint8Array {
  const header = deflateSync(text);
  const body = Uint8Array.of(...file.subarray(0, 13), ...header, ...file.subarray(13 + stored, -8));
  new DataView(body.buffer).setUint32(5, told, true);
  new DataView(body.buffer).setUint32(9, header.length, true);
  return sealed(body);
}

function refused(bytes: Uint8Array): string {
  try {
    decodePacked(bytes);
  } catch (error) {
    assert.ok(error instanceof RangeError && error.cause instanceof RangeError);
    const before = "Cannot read the packed model: ";
    assert.ok(error.message.startsWith(before));
    return error.message.slice(before.length);
  }
  throw new Error("nothing was refused");
}

Deno.test("a file is read wherever its bytes lie in a buffer", () => {
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  assert.deepEqual(decodePacked(shifted.subarray(3)), decodePacked(file));
});

Deno.test("what does not begin as a packed file, or is too short for one, is none", () => {
  const none = "it does not begin as a packed file";
  for (const at of [0, 1, 2, 3]) assert.equal(refused(file.with(at, 0)), none);
  assert.equal(refused(file.subarray(0, 20)), none);
  assert.equal(refused(file.with(4, 2)), "its version is 2, not 1");
  const other = "its bytes are not those that were written: get the file again";
  assert.equal(refused(file.subarray(0, 21)), other);
  assert.equal(refused(file.with(file.length - 1, file.at(-1)! ^ 1)), other);
});

Deno.test("a header is as large as it says, at most 16 MiB, of sound text", () => {
  const cannot = "its header cannot be read";
  const text = new TextEncoder().encode("{}");
  assert.equal(refused(headed(text)), "its header has no sound `classes`");
  assert.equal(
    refused(headed(text, (1 << 24) + 1)),
    `a header of ${(1 << 24) + 1} bytes is too large`,
  );
  assert.equal(refused(headed(text, 1)), cannot);
  assert.equal(refused(headed(new TextEncoder().encode("{"))), cannot);
  assert.equal(refused(headed(Uint8Array.of(0x22, 0xff, 0x22))), cannot);
  assert.equal(refused(headed(new TextEncoder().encode("[]"))), "its header is no map");
  assert.ok(size > stored);
});

Deno.test("behind the last weight there are zeros up to the byte, and nothing else", () => {
  const follows = "something follows the last weight";
  assert.equal(refused(sealed(Uint8Array.of(...file.subarray(0, -8), 0))), follows);
  assert.equal(refused(sealed(file.subarray(0, -9))), "the weights end too early");
  // Four bits of description and two numbers of 32 leave four of the last byte.
  const odd = encodePacked(denseModel([{ kernel: [[1, 2]] }]), how);
  assert.deepEqual([...decodePacked(odd).weights["dense1/kernel"]!.data], [1, 2]);
  for (const bit of [1, 2, 4, 8]) {
    assert.equal(refused(sealed(odd.subarray(0, -8).with(-1, odd.at(-9)! | bit))), follows);
  }
});

Deno.test("as many weights as memory holds are read, one more is too many", () => {
  const header = (inputs: number) =>
    new TextEncoder().encode(JSON.stringify({
      ...{ classes: [], family: "x", format: null, head: "none", outputs: ["a"] },
      ...{ inputs: [["x", [inputs]]], preprocess: null, quantization: null },
      layers: [["dense", "a", ["x"], 1, false, "linear"]],
    }));
  assert.equal(refused(headed(header(2 ** 28 + 1))), `${2 ** 28 + 1} weights are too many`);
  assert.notEqual(refused(headed(header(2 ** 27))), `${2 ** 27} weights are too many`);
});

Deno.test("no more is believed of a file than its bytes can hold", () => {
  const long = new TextEncoder().encode("{}");
  assert.match(refused(headed(long, 1 << 20)), /a header of 1048576 bytes is too large/);
  const told = new TextDecoder().decode(inflateSync(file.subarray(13, 13 + stored)));
  // Two thousand units behind seven numbers: the same weights as before are behind that header.
  const wide = told.replaceAll(/\["dense",("[^"]+"),(\[[^\]]+\]),\d+/g, '["dense",$1,$2,2000');
  assert.notEqual(wide, told);
  assert.match(
    refused(headed(new TextEncoder().encode(wide))),
    /\d weights are more than its \d+ bytes of them hold/,
  );
});
