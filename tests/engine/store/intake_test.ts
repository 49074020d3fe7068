import assert from "node:assert/strict";
import { digestOf } from "../../../engine/digest.ts";
import { diskIntake } from "../../../engine/store/intake.ts";
import type { Recorded } from "../../../engine/store/store.ts";
import { sample } from "./contract.ts";
import { storeFolder } from "./folder.ts";

const { key, outcome, blobs } = sample();
const [[digest, bytes], [other, others]] = [...blobs] as [
  [typeof outcome.artifact.digest, Uint8Array],
  [typeof outcome.artifact.digest, Uint8Array],
];
const blob = { digest, bytes: bytes.byteLength };

async function* pieces(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

const changed = { name: "CorruptBlobError", found: "changed" };

Deno.test("blobs lie in their places once they are published, and the record is published behind them", async () => {
  await using place = await storeFolder();
  const there = () => Deno.readFile(place.folder.spread("blobs", digest)).catch(() => undefined);
  const recorded: (Recorded | undefined)[] = [];
  await using intake = await diskIntake(place.folder, async (move, record) => {
    await move();
    assert.deepEqual(await there(), bytes);
    recorded.push(record);
  });
  await intake.take(blob, pieces(bytes.subarray(0, 3), bytes.subarray(3)));
  assert.equal(await there(), undefined);
  await intake.publish({ key, outcome });
  await intake.publish();
  assert.deepEqual(recorded, [{ key, outcome }, undefined]);
});

Deno.test("other bytes, more and fewer are not taken, and the right ones may come after", async () => {
  await using place = await storeFolder();
  await using intake = await diskIntake(place.folder, (move) => move());
  const flipped = bytes.slice();
  flipped[1]! ^= 1;
  for (const wrong of [[flipped], [bytes.subarray(1)], [bytes, new Uint8Array(1)], [others], []]) {
    await assert.rejects(intake.take(blob, pieces(...wrong)), changed);
  }
  let asked = 0;
  async function* endless() {
    for (;; asked++) yield await Promise.resolve(new Uint8Array(bytes.byteLength));
  }
  await assert.rejects(intake.take(blob, endless()), changed);
  assert.equal(asked, 1);
  await intake.take(blob, pieces(bytes));
  await intake.take(blob, pieces(bytes));
  await intake.publish();
  const path = place.folder.spread("blobs", digest);
  assert.equal(digestOf(await Deno.readFile(path)), digest);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${place.root}/tmp`)), []);
});

Deno.test("what is not published is forgotten, and what breaks off leaves nothing", async () => {
  await using place = await storeFolder();
  {
    await using intake = await diskIntake(place.folder, (move) => move());
    await intake.take(blob, pieces(bytes));
    await intake.take({ digest: other, bytes: others.byteLength }, pieces(others));
    const broken = async function* () {
      yield await Promise.resolve(bytes.subarray(0, 3));
      throw new Error("cut off");
    };
    await assert.rejects(intake.take(blob, broken()), { message: "cut off" });
    assert.equal((await Array.fromAsync(Deno.readDir(`${place.root}/tmp`))).length, 2);
  }
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${place.root}/tmp`)), []);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${place.root}/blobs`)), []);
});
