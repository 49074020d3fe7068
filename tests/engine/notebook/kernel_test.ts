import assert from "node:assert/strict";
import { kernel, liveOutput, showValue } from "../../../engine/notebook/kernel.ts";
import { run } from "./flowers.ts";

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
