/** What crosses a border between threads, and how it arrives. */
import assert from "node:assert/strict";
import {
  errorOf,
  finished,
  packed,
  sentError,
  serve,
  took,
  unpacked,
  WORDS,
} from "../../engine/thread.ts";
import { fc } from "../deps.ts";

/** As if posted to another thread: plain data is cloned, given buffers move. */
const posted = ({ value, transfer }: ReturnType<typeof packed>): unknown =>
  structuredClone(value, { transfer: [...transfer] });

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(undefined, null, true, 1.5, "é"),
    fc.uint8Array({ maxLength: 5 }),
    fc.float64Array({ maxLength: 3, noNaN: true }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).value;

Deno.test("plain data and arrays arrive as they were sent", () => {
  fc.assert(fc.property(plain, (value) => {
    assert.deepEqual(unpacked(posted(packed(value, () => false))), value);
  }));
  assert.deepEqual(unpacked(posted(packed({ "": "Uint8Array" }))), { "": "Uint8Array" });
});

Deno.test("a buffer is given away where that is said, a part of one is copied", () => {
  const whole = new Float32Array([1, 2, 3]);
  const part = whole.subarray(1);
  const kept = new Uint8Array([7]);
  const sent = packed({ whole, part, kept }, (buffer) => buffer === whole.buffer);
  assert.ok(sent.transfer.includes(whole.buffer));
  assert.ok(!sent.transfer.includes(kept.buffer));
  const arrived = unpacked(posted(sent)) as Record<string, ArrayLike<number>>;
  assert.deepEqual(arrived, {
    whole: new Float32Array([1, 2, 3]),
    part: new Float32Array([2, 3]),
    kept: new Uint8Array([7]),
  });
  assert.deepEqual([whole.length, kept.length], [0, 1]);
});

Deno.test("an array that stands in two places is moved once, and both places have it", () => {
  const bytes = new Uint8Array([1, 2]);
  const { transfer } = packed([bytes, { again: bytes }]);
  assert.equal(transfer.length, 1);
});

Deno.test("objects of classes and views are left alone", () => {
  const date = new Date(0);
  const view = new DataView(new ArrayBuffer(2));
  const { value, transfer } = packed({ date, view });
  assert.deepEqual([value, transfer], [{ date, view }, []]);
});

Deno.test("an error keeps what its class adds, and loses what cannot cross", () => {
  class FarError extends RangeError {
    override readonly name = "FarError";
    readonly distance = 3;
    readonly ask = () => "not data";
  }
  const sent = structuredClone(sentError(new FarError("too far"), 5));
  assert.equal(sent.call, 5);
  assert.deepEqual({ ...sent.fields }, { name: "FarError", distance: 3 });
  const known = errorOf(sent, [FarError]);
  assert.ok(known instanceof FarError);
  assert.deepEqual([known.message, known.distance, known.ask], ["too far", 3, undefined]);
  const unknown = errorOf(sent);
  assert.ok(unknown instanceof Error && !(unknown instanceof RangeError));
  assert.deepEqual([unknown.name, unknown.message], ["FarError", "too far"]);
});

Deno.test("errors of the language keep their class; what is no error becomes one", () => {
  assert.ok(errorOf(sentError(new TypeError("x"))) instanceof TypeError);
  assert.equal(Object.hasOwn(errorOf(sentError(new TypeError("x"))), "name"), false);
  const error = errorOf(sentError("a word"));
  const property = (of: Error) => Object.getOwnPropertyDescriptor(of, "message");
  assert.deepEqual(property(error), property(new Error("a word")));
  const gone = errorOf(sentError(new DOMException("gone", "AbortError")));
  assert.deepEqual([gone.name, gone.message], ["AbortError", "gone"]);
  assert.equal(Object.hasOwn(sentError(new Error("x")), "call"), false);
});

Deno.test("in the main thread nobody is told of going on", () => {
  took(1e9);
  finished();
});

Deno.test("a thread tells its calls by number, counts what it takes in, and gives what came of it", async () => {
  const module = new URL("./thread_work.ts", import.meta.url).href;
  const words = new SharedArrayBuffer(4 * WORDS);
  const sent: unknown[] = [];
  let moved: readonly ArrayBuffer[] = [];
  let receive: (message: unknown) => void = () => {};
  let told = Promise.withResolvers<void>();
  const next = async (message: unknown) => {
    told = Promise.withResolvers<void>();
    receive(message);
    await told.promise;
    return sent.at(-1);
  };
  serve({
    on(event: string, listener: typeof receive) {
      assert.equal(event, "message");
      receive = listener;
    },
    postMessage(message: unknown, transfer: readonly ArrayBuffer[]) {
      moved = transfer;
      told.resolve(void sent.push(message));
    },
  } as never);
  assert.deepEqual(sent, [{ type: "ready" }]);
  const task = { type: "run", module, args: [], words };
  const echoed = await next({
    ...task,
    ...{ name: "echo", args: ["x"], host: [], words: new SharedArrayBuffer(4 * WORDS) },
  });
  assert.deepEqual(echoed, { type: "done", value: "x" });
  const twice = await next({ ...task, name: "ask", host: ["twice", "bytes"] });
  assert.deepEqual(twice, { type: "call", id: 1, name: "twice", args: [4] });
  const bytes = await next({ type: "answer", id: 1, value: 8 });
  assert.deepEqual(bytes, { type: "call", id: 2, name: "bytes", args: [] });
  const { value } = packed(new Uint8Array(1001));
  const done = await next({ type: "answer", id: 2, value }) as { type: string; value: unknown };
  assert.equal(done.type, "done");
  assert.deepEqual(unpacked(done.value), [8, new Uint8Array(1001)]);
  assert.deepEqual(moved.map((each) => each.byteLength), [1001]);
  // It begins, asks, is answered, asks, is answered; 1001 bytes are two thousands begun.
  assert.deepEqual([...new Int32Array(words)], [5, 2]);
  const refused = await next({ ...task, name: "askInVain", host: ["refuse"] });
  assert.deepEqual(refused, { type: "call", id: 3, name: "refuse", args: [] });
  const error = sentError(new RangeError("no"));
  const failed = await next({ type: "refusal", id: 3, error }) as { error: typeof error };
  assert.deepEqual([failed.error.message, failed.error.call], ["no", 3]);
  assert.deepEqual([...new Int32Array(words)], [8, 0]);
  assert.deepEqual(moved, []);
  for (const id of [1, 3]) {
    assert.throws(
      () => receive({ type: "answer", id, value: 8 }),
      TypeError,
      "it is answered once",
    );
  }
});
