import assert from "node:assert/strict";
import {
  assertPublicKey,
  keyIn,
  newKey,
  ownKey,
  signerText,
  trustIn,
} from "../../../../engine/store/shared/keys.ts";
import type { Recorded } from "../../../../engine/store/store.ts";
import { setVariable } from "../../../variable.ts";
import { outcomeOf } from "./world.ts";

const { key, outcome } = outcomeOf("a", [10]);

/** Runs `body` for a user of his own, in whose folder it is called. */
async function asUser(body: (folder: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  const unset = setVariable("XDG_CONFIG_HOME", home);
  try {
    await body(`${home}/decant`);
  } finally {
    unset();
    await Deno.remove(home, { recursive: true });
  }
}

/** A record that a new user signs, and his public key. */
async function signedBy(name: string): Promise<{ by: string; recorded: Recorded }> {
  let made: { by: string; recorded: Recorded } | undefined;
  await asUser(async () => {
    const by = await newKey(name);
    const signed = await (await ownKey())!.sign({ key, outcome });
    made = { by, recorded: { key, outcome, signed } };
    assert.equal(await trustIn()(made.recorded), true, "one's own key is trusted");
  });
  return made!;
}

Deno.test("a key is made once, and nobody else may read it", async () => {
  await asUser(async (folder) => {
    assert.equal(await ownKey(), undefined);
    const shown = await newKey("anna@laptop");
    assert.match(shown, /^anna@laptop:[A-Za-z0-9+/]{43}=$/);
    assert.equal((await Deno.stat(`${folder}/key`)).mode! & 0o777, 0o600);
    const own = (await ownKey())!;
    assert.equal(own.by, shown);
    await assert.rejects(newKey("again"), { code: "usage", message: /^there is a key already/ });
    assert.equal((await ownKey())!.by, shown);
    await Deno.chmod(`${folder}/key`, 0o640);
    await assert.rejects(ownKey(), { code: "usage", message: /^others may read the key/ });
    await Deno.chmod(`${folder}/key`, 0o600);
    await Deno.writeTextFile(`${folder}/key`, "anna:AAAA\n");
    await assert.rejects(ownKey(), { code: "usage", message: /is damaged$/ });
  });
});

Deno.test("a key in a file signs as its public half beside it says; a group may read it, others may not", async () => {
  await asUser(async (folder) => {
    const shown = await newKey("anvil");
    for (const each of ["", ".pub"]) {
      await Deno.rename(`${folder}/key${each}`, `${folder}/mine${each}`);
    }
    await Deno.chmod(`${folder}/mine`, 0o440);
    const warned: string[] = [];
    const warn = (sentence: string) => void warned.push(sentence);
    const signer = await keyIn(`${folder}/mine`, warn);
    assert.equal(signer.by, shown);
    assert.deepEqual(warned, [
      `its group may read the key ${folder}/mine: chmod 600 it, unless it is a mounted secret`,
    ]);
    const signed = await signer.sign({ key, outcome });
    assert.equal(await trustIn([shown])({ key, outcome, signed }), true);
    for (const mode of [0o604, 0o620, 0o610]) {
      await Deno.chmod(`${folder}/mine`, mode);
      await assert.rejects(keyIn(`${folder}/mine`, warn), { message: /^others may read the key/ });
    }
    await Deno.chmod(`${folder}/mine`, 0o600);
    assert.equal((await keyIn(`${folder}/mine`, warn)).by, shown);
    assert.equal(warned.length, 1);
    await Deno.remove(`${folder}/mine.pub`);
    await assert.rejects(keyIn(`${folder}/mine`, warn), {
      message: /mine, or mine.pub beside it, is damaged$/,
    });
    await assert.rejects(keyIn(`${folder}/none`, warn), {
      code: "usage",
      message: /^there is no key/,
    });
  });
});

Deno.test("a name that cannot stand in a key is refused before anything is written", async () => {
  await asUser(async (folder) => {
    for (const name of ["", "a:b", "a b", "x".repeat(65)]) {
      await assert.rejects(newKey(name), { code: "usage", message: /is no public key$/ });
    }
    await assert.rejects(Deno.stat(folder), { name: "NotFound" });
  });
  assert.throws(() => assertPublicKey("anna"), { help: /decant key show/ });
});

Deno.test("signatures are Ed25519 over key, artifact, blobs and the whole record, as RFC 8032 has it", async () => {
  const { by, recorded } = await signedBy("anna");
  const trusts = trustIn([by]);
  assert.equal(await trusts(recorded), true);
  const bytes = Uint8Array.fromBase64(recorded.signed!.signature);
  assert.equal(bytes.length, 64);
  const other = outcomeOf("b", [10]);
  const wrong: Record<string, Recorded> = {
    "another key": { ...recorded, key: other.key },
    "another artifact": { ...recorded, outcome: { ...outcome, artifact: other.outcome.artifact } },
    "other blobs": { ...recorded, outcome: { ...outcome, blobs: other.outcome.blobs } },
    "another note": { ...recorded, outcome: { ...outcome, notes: { accuracy: 1 } } },
    "another warning": { ...recorded, outcome: { ...outcome, warnings: ["none"] } },
    "no signature": { key, outcome },
    "no Base64": { ...recorded, signed: { by, signature: "!" } },
    "a signature of few bytes": { ...recorded, signed: { by, signature: "AAAA" } },
  };
  for (let at = 0; at < 64; at += 9) {
    const flipped = bytes.slice();
    flipped[at]! ^= 1;
    const signed = { by, signature: flipped.toBase64() };
    wrong[`byte ${at} flipped`] = { ...recorded, signed };
  }
  for (const [what, record] of Object.entries(wrong)) {
    assert.equal(await trusts(record), false, what);
  }
});

Deno.test("who is trusted is said in a list or in the user's file; a key is its bytes, not its name", async () => {
  const [anna, ben] = [await signedBy("anna"), await signedBy("ben")];
  await asUser(async (folder) => {
    assert.equal(await trustIn()(anna.recorded), false);
    assert.equal(await trustIn([anna.by])(anna.recorded), true);
    assert.equal(await trustIn([anna.by])(ben.recorded), false);
    const renamed = `other:${anna.by.split(":")[1]}`;
    assert.equal(await trustIn([renamed])(anna.recorded), true);
    const posed = { ...ben.recorded.signed!, by: anna.by };
    assert.equal(await trustIn([anna.by])({ ...ben.recorded, signed: posed }), false);
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/trusted`, `# friends\r\n  ${ben.by} \r\n`);
    assert.equal(await trustIn()(ben.recorded), true);
    await Deno.remove(`${folder}/trusted`);
    assert.equal(await trustIn()(ben.recorded), false, "a key that is removed is trusted no more");
  });
  assert.throws(() => trustIn(["anna"]), { code: "usage" });
  assert.equal(signerText(anna.recorded), anna.by);
  assert.equal(signerText({ key, outcome }), "nobody");
});
