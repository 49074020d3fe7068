import assert from "node:assert/strict";
import { recipeOf } from "../../../engine/library/open_recipe.ts";
import { displayable } from "../../../engine/notebook/displayed.ts";
import { type Kernel, kernel, liveOutput, showValue } from "../../../engine/notebook/kernel.ts";
import { opSet } from "../../../engine/op.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { fakeOps } from "../run/support/fake.ts";
import { run } from "./flowers.ts";
import { waitsIn } from "../../waits.ts";

Deno.test("outside of a kernel there is none, and what is shown is printed as text", async () => {
  assert.equal(kernel(), undefined);
  const printed: string[] = [];
  for (const value of [run.table, 3]) await showValue(value, (text) => void printed.push(text));
  assert.match(printed[0]!, /^model +accuracy/);
  assert.equal(printed[1], "3\n");
});

Deno.test("importing the library does not touch the kernel", async () => {
  const module = new URL("../../../mod.ts", import.meta.url).href;
  const code = `
    let touched = false;
    const real = Deno;
    const get = (own, name) => (touched ||= name === "jupyter", own[name]);
    Object.defineProperty(globalThis, "Deno", { value: new Proxy(real, { get }) });
    const { recipe } = await import(${JSON.stringify(module)});
    recipe({ name: "x", data: "iris", model: { use: "mlp", hidden: [2], train: { epochs: 1 } } });
    const before = touched;
    try { Deno.jupyter; } catch { /* there is no kernel */ }
    Deno.stdout.writeSync(new TextEncoder().encode(before + " " + touched));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    stderr: "inherit",
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "false true");
});

Deno.test("progress is one output that is replaced, in the order in which things happened", async () => {
  const sent: [string, Record<string, unknown>][] = [];
  const output = liveOutput({
    display: () => Promise.resolve(),
    broadcast: async (type, content) => {
      // The first message is the slowest: order must not depend on how long each takes.
      await new Promise((resolve) => setTimeout(resolve, sent.length === 0 ? 20 : 0));
      sent.push([type, content]);
    },
  });
  for (const text of ["one", "two", "three"]) output.show({ "text/plain": text });
  await output.settled();
  assert.deepEqual(sent.map(([type]) => type), [
    "display_data",
    "update_display_data",
    "update_display_data",
  ]);
  const data = sent.map(([, content]) => (content.data as { "text/plain": string })["text/plain"]);
  assert.deepEqual(data, ["one", "two", "three"]);
  const ids = sent.map(([, content]) => (content.transient as { display_id: string }).display_id);
  assert.equal(new Set(ids).size, 1);
});

/** Runs a body in a process that is a kernel as far as anybody can tell. */
async function inKernel(jupyter: Kernel, body: () => Promise<void>): Promise<void> {
  const real = Deno;
  const set = (value: unknown) =>
    Object.defineProperty(globalThis, "Deno", { value, configurable: true, writable: true });
  set(Object.create(real, { jupyter: { value: jupyter } }));
  try {
    await body();
  } finally {
    set(real);
  }
}

Deno.test("in a kernel a value is displayed by it, and waited for until it has left; nothing is printed", async () => {
  const displayed: unknown[] = [];
  const jupyter: Kernel = {
    display: (value) => Promise.resolve(void displayed.push(value)),
    broadcast: () => Promise.resolve(),
  };
  let waits: readonly number[] = [];
  await inKernel(jupyter, async () => {
    assert.equal(kernel(), jupyter);
    waits = await waitsIn(() => showValue(3, () => assert.fail("a kernel shows it")));
  });
  assert.deepEqual([displayed, waits], [[3], [60]]);
  const output = liveOutput(jupyter);
  output.show({ "text/plain": "x" });
  assert.deepEqual(await waitsIn(() => output.settled()), [60]);
});

Deno.test("an output has settled when what was shown has been sent, and a while after", async () => {
  const sent = Promise.withResolvers<void>();
  const output = liveOutput({ display: () => Promise.resolve(), broadcast: () => sent.promise });
  output.show({ "text/plain": "x" });
  const waits = await waitsIn(async (sofar) => {
    const settled = output.settled();
    for (let turn = 0; turn < 20; turn++) await undefined;
    assert.deepEqual(sofar, []);
    sent.resolve();
    await settled;
  });
  assert.deepEqual(waits, [60]);
});

Deno.test("a run in a kernel shows itself going, unless somebody else listens", async () => {
  const types: string[] = [];
  const jupyter: Kernel = {
    display: () => Promise.resolve(),
    broadcast: (type) => Promise.resolve(void types.push(type)),
  };
  const ops = opSet(Object.values(fakeOps()));
  const own = recipeOf({ name: "n", steps: [{ op: "constant", as: "one", value: 1 }] }, "/", ops);
  await inKernel(jupyter, async () => {
    await own.run({ cache: memoryStore(), onEvent: () => {} });
    assert.deepEqual(types, []);
    await own.run({ cache: memoryStore() });
  });
  assert.equal(types[0], "display_data");
  assert.ok(types.length > 1 && types.slice(1).every((type) => type === "update_display_data"));
});

Deno.test("what an output holds is its forms, without metadata, under an identity of its own", async () => {
  const sent: unknown[] = [];
  const jupyter: Kernel = {
    display: () => Promise.resolve(),
    broadcast: (_type, content) => Promise.resolve(void sent.push(content)),
  };
  for (const output of [liveOutput(jupyter), liveOutput(jupyter)]) {
    output.show({ "text/plain": "x" });
    await output.settled();
  }
  const [first, second] = sent as Record<string, Record<string, string>>[];
  assert.deepEqual({ ...first, transient: {} }, {
    data: { "text/plain": "x" },
    metadata: {},
    transient: {},
  });
  assert.match(first!.transient!.display_id!, /^[0-9a-f-]{36}$/);
  assert.notEqual(first!.transient!.display_id, second!.transient!.display_id);
});

Deno.test("a text is printed with one line end, whatever it ends with", async () => {
  let printed = "";
  const value = displayable({}, () => Promise.resolve({ "text/plain": "a\n\n  \n" }));
  await showValue(value, (text) => void (printed += text));
  await showValue(displayable({}, () => Promise.resolve({})), (text) => void (printed += text));
  assert.equal(printed, "a\n{}\n");
});
