import assert from "node:assert/strict";
import { canonicalBytes, digestOf, type Json, type Key } from "../../../../engine/digest.ts";
import { seal } from "../../../../engine/store/seal.ts";
import { encodeActionResult } from "../../../../engine/store/shared/action_result.ts";
import { httpCache } from "../../../../engine/store/shared/http_cache.ts";
import { newKey, ownKey, type Signer, trustIn } from "../../../../engine/store/shared/keys.ts";
import { slotsOf } from "../../../../engine/store/shared/slots.ts";
import { savedAt, stateAt } from "../../../../engine/store/shared/state.ts";
import { triesOf } from "../../../../engine/store/shared/tries.ts";
import { setVariable } from "../../../variable.ts";
import { cacheServer } from "./server.ts";
import { outcomeOf, signer as anybody } from "./world.ts";

const signal = new AbortController().signal;
const { key } = outcomeOf("a", []);
const state = new Uint8Array(1000).map((_, index) => index);
const digest = digestOf(state);
const DAY = 24 * 3600 * 1000;

/** A store that trusts the user's own key alone, and its signer; what was said. */
async function asUser(
  body: (at: (address: string, memory?: number) => ReturnType<typeof opened>) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  const unset = setVariable("XDG_CONFIG_HOME", home);
  try {
    await newKey("anna");
    const signer = (await ownKey())!;
    await body((address, memory) => opened(address, signer, memory));
  } finally {
    unset();
    await Deno.remove(home, { recursive: true });
  }
}

function opened(address: string, signer: Signer, memory = 1e9) {
  const said: string[] = [];
  const options = {
    ...{ attempts: 1, pause: 1, memory, slots: slotsOf(2), signer, trusts: trustIn() },
    notice: (sentence: string) => void said.push(sentence),
    untrusted: () => {},
  };
  const cache = httpCache(address, { idle: 5000 });
  const asking = { ...options, cache, tries: triesOf(options) };
  const remote = {
    state: (of: Key, after: number) => stateAt(asking, of, { after }),
    save: (of: Key, bytes: Uint8Array) => savedAt(asking, of, bytes, signal),
  };
  return { remote, said, signer };
}

/** What a server says of a state of the key, whoever signs it, and whatever it leaves out. */
async function placed(
  server: ReturnType<typeof cacheServer>,
  { signer, saved = new Date().toISOString(), ...rest }: {
    readonly signer: Signer;
    readonly saved?: string;
    readonly [field: string]: unknown;
  },
) {
  const said = { key, saved, state: { digest, bytes: state.byteLength } };
  const signed = await signer.sign(said as never);
  const sealed = seal(
    `state ${key}`,
    canonicalBytes({ ...said, signed, ...rest } as unknown as Json),
  );
  const path = [...server.entries.keys()].find((path) => path.startsWith("/ac/"))!;
  server.entries.set(path, encodeActionResult(sealed, []));
}

Deno.test("a state that was saved is loaded, if it was saved after an instant", async () => {
  await using server = cacheServer();
  await asUser(async (at) => {
    const { remote, said } = at(server.address);
    assert.equal(await remote.state(key, -Infinity), undefined);
    const before = Date.now();
    assert.equal(await remote.save(key, state), true);
    assert.deepEqual(await remote.state(key, before - 1), state);
    assert.equal(await remote.state(key, Date.now() + 1), undefined);
    assert.equal(await remote.state(outcomeOf("b", []).key, -Infinity), undefined);
    const other = state.slice(1);
    assert.equal(await remote.save(key, other), true);
    assert.deepEqual(await remote.state(key, -Infinity), other);
    assert.deepEqual(said, []);
    assert.ok(!server.entries.has(`/ac/${key}`), "it is no record");
  });
});

Deno.test("a state is too old after a week, and too new where a clock is wrong", async () => {
  await using server = cacheServer();
  await asUser(async (at) => {
    const { remote, signer, said } = at(server.address);
    await remote.save(key, state);
    for (const [days, there] of [[6.9, true], [7.1, false], [-0.9, true], [-1.1, false]] as const) {
      const saved = new Date(Date.now() - days * DAY).toISOString();
      await placed(server, { signer, saved });
      assert.equal(await remote.state(key, -Infinity) !== undefined, there, `${days}`);
    }
    assert.deepEqual(said, []);
  });
});

Deno.test("a state that nobody who is trusted has signed, or that says something else, is not used", async () => {
  await using server = cacheServer();
  await asUser(async (at) => {
    const { remote, signer } = at(server.address);
    await remote.save(key, state);
    const right = { digest, bytes: state.byteLength };
    await placed(server, { signer: anybody });
    assert.equal(await remote.state(key, -Infinity), undefined);
    await placed(server, { signer, state: { ...right, bytes: 999 } });
    assert.equal(await remote.state(key, -Infinity), undefined);
    await placed(server, { signer });
    assert.deepEqual(await remote.state(key, -Infinity), state);
    const wrong: Record<string, unknown>[] = [
      { key: outcomeOf("b", []).key },
      { saved: "yesterday" },
      { saved: 3 },
      { state: { digest: "../a", bytes: 1 } },
      { state: { ...right, bytes: -1 } },
      { state: { ...right, bytes: 1001 } },
      { signed: { by: 1, signature: "" } },
    ];
    for (const fields of wrong) {
      const limited = at(server.address, 1000);
      await placed(server, { signer, ...fields });
      assert.equal(await limited.remote.state(key, -Infinity), undefined);
      assert.match(limited.said.join(), /is no checkpoint of its key; it is not used$/);
    }
  });
});

Deno.test("bytes that are not those of the state are not used, and that is said", async () => {
  await using server = cacheServer();
  await asUser(async (at) => {
    const { remote, said } = at(server.address);
    await remote.save(key, state);
    server.entries.set(`/cas/${digest}`, state.map((byte) => byte ^ 1));
    assert.equal(await remote.state(key, -Infinity), undefined);
    assert.deepEqual(said, [
      `\`${server.address}/cas/${digest}\` is not the bytes of its name; it is not used`,
    ]);
    server.entries.delete(`/cas/${digest}`);
    assert.equal(await remote.state(key, -Infinity), undefined);
    server.state.fault = ({ method }, right) =>
      method === "PUT" ? new Response(null, { status: 507 }) : right();
    assert.equal(await at(server.address).remote.save(key, state), false);
  });
});
