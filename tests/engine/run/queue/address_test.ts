import assert from "node:assert/strict";
import { shippedOps } from "../../../../engine/api/language.ts";
import {
  hostOf,
  namedQueue,
  queueAddress,
  queueName,
} from "../../../../engine/run/queue/address.ts";
import { NUMERICS } from "../../../../engine/graph/key.ts";
import { setVariable } from "../../../variable.ts";

Deno.test("an address is shown without who asks", () => {
  const shown = (text: string) => queueAddress(text)!.shown;
  assert.equal(shown("redis://anna:geheim@queue.example:6380/2"), "redis://queue.example:6380/2");
  assert.equal(shown("rediss://:geheim@queue.example/"), "rediss://queue.example");
  const { url } = queueAddress("redis://anna:geheim@queue.example/2")!;
  assert.equal(url, "redis://anna:geheim@queue.example/2");
});

Deno.test("a queue is reached at its host and port, which is Redis's where none is said", () => {
  const host = (text: string) => hostOf(queueAddress(text)!);
  assert.equal(host("redis://anna:geheim@queue.example/2"), "queue.example:6379");
  assert.equal(host("rediss://:geheim@queue.example:6380"), "queue.example:6380");
  assert.equal(host("redis://[::1]"), "[::1]:6379");
});

Deno.test("what is no address is refused by a sentence that shows no secret", () => {
  const said = (text: string): string => {
    try {
      queueAddress(text);
    } catch (error) {
      assert.equal((error as { code: string }).code, "usage");
      return (error as Error).message;
    }
    return assert.fail(text);
  };
  assert.equal(said("queue"), "`queue` is no queue: queues are reached by redis or rediss");
  assert.equal(
    said("redis:///2"),
    "`redis:///2` is no queue: queues are reached by redis or rediss",
  );
  const further = ["redis://a:geheim@h/2?password=geheim", "redis://a:geheim@h/x#geheim"];
  for (const text of ["http://a:geheim@h", "a:geheim@h", ...further]) {
    assert.ok(!said(text).includes("geheim"), text);
  }
  assert.equal(
    said("http://a:geheim@h"),
    "an address is no queue: queues are reached by redis or rediss",
  );
  const behind = "the address of the queue on h:1 goes on behind the number of its database";
  for (const text of ["redis://h:1/x", "redis://h:1/2/", "redis://h:1?x", "redis://h:1/1#x"]) {
    assert.equal(said(text), behind);
  }
  assert.throws(() => queueAddress("queue"), {
    help: "--queue rediss://USER:PASSWORD@queue.example.org:6379/0",
  });
});

Deno.test("the environment names a queue where nobody else does", () => {
  const unset = setVariable("DECANT_QUEUE", undefined);
  try {
    assert.equal(queueAddress(), undefined);
    setVariable("DECANT_QUEUE", "redis://there:6379");
    assert.equal(queueAddress()?.shown, "redis://there:6379");
    assert.equal(queueAddress("redis://here")?.shown, "redis://here");
  } finally {
    unset();
  }
});

Deno.test("where a queue must be named, what names one is said, and what would let it be read", () => {
  assert.equal(namedQueue("redis://here", "none").shown, "redis://here");
  const unset = setVariable("DECANT_QUEUE", undefined);
  try {
    const refusal = { code: "usage", message: "none", help: "--queue redis://HOST:6379" };
    assert.throws(() => namedQueue(undefined, "none"), refusal);
  } finally {
    unset();
  }
});

Deno.test({
  name: "a variable that may not be read names no queue, and it is said how it may",
  permissions: { env: false },
  fn() {
    const help = "--queue redis://HOST:6379; DECANT_QUEUE is read with --allow-env=DECANT_QUEUE";
    assert.throws(() => namedQueue(undefined, "none"), { code: "usage", message: "none", help });
  },
});

Deno.test("a queue is named by numerics and the versions of the ops that came with Decant", () => {
  const ops = shippedOps();
  const name = queueName(ops);
  assert.match(name, new RegExp(`^n${NUMERICS}-[0-9a-f]{12}$`));
  assert.equal(queueName(new Map([...ops].reverse())), name);
  const [first, op] = [...ops][0]!;
  const raised = new Map([...ops, [first, { ...op, version: op.version + 1 }]]);
  assert.notEqual(queueName(raised), name);
  const own = { ...op, name: "own", code: "0".repeat(64) as never };
  assert.equal(queueName(new Map([...ops, ["own", own]])), name);
});

Deno.test("the name of a queue is made of names, versions and how tasks are written alone", () => {
  const ops = ["b", "a"].map((name, at) => [name, { name, version: at + 1 }]);
  // The SHA-256 of {"ops":["a 2","b 1"],"task":1}.
  assert.equal(queueName(new Map(ops as never)), `n${NUMERICS}-1d937e05ba51`);
});
