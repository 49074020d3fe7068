import assert from "node:assert/strict";
import v8 from "node:v8";
import vm from "node:vm";
import { digestOf } from "../../../../engine/digest.ts";
import { offeredBy } from "../../../../engine/run/queue/offered.ts";
import type { StepTask } from "../../../../engine/run/task.ts";
import type { LocalFile, Recorded, Sharing } from "../../../../engine/store/store.ts";
import { outcomeOf } from "../../store/shared/world.ts";
import { waitsIn } from "../../../waits.ts";

const { signal } = new AbortController();

function offering(answers: readonly boolean[]) {
  const offers: string[] = [];
  const provided: string[] = [];
  const left = [...answers];
  const sharing = {
    offer({ key }: Recorded) {
      offers.push(key);
      return Promise.resolve(left.shift() ?? true);
    },
    provide(files: readonly LocalFile[], made: string) {
      provided.push(...files.map(({ url, digest }) => `${url} ${digest}${made}`));
      return Promise.resolve(files.length === 0 || (left.shift() ?? true));
    },
  } as Partial<Sharing> as Sharing;
  return { offers, provided, offered: offeredBy(sharing) };
}

const reading = (inputs: object, references = {}, sources: readonly object[] = []): StepTask =>
  ({ step: "b", inputs, references, sources }) as Partial<
    StepTask
  > as StepTask;

Deno.test("what a task reads is offered again until a store takes it", async () => {
  const { offers, offered } = offering([true, false, true]);
  const [first, second] = [outcomeOf("a", []), outcomeOf("b", [])];
  await offered.offer(first, []);
  await offered.offer(second, []);
  const [one, two] = [first.outcome.artifact, second.outcome.artifact];
  await offered.reached(reading({ models: [one] }), signal);
  assert.equal(offers.length, 2);
  await offered.reached(reading({ model: one }, { ab: { artifact: two } }), signal);
  assert.deepEqual(offers, [first.key, second.key, second.key]);
  await offered.reached(reading({ models: [two] }), signal);
  assert.equal(offers.length, 3);
});

Deno.test("what no store takes is offered for five minutes, a second apart, and then it is said", async () => {
  const { offers, offered } = offering(Array(1000).fill(false));
  const made = outcomeOf("a", []);
  await offered.offer(made, []);
  const waits = await waitsIn(async () => {
    await assert.rejects(offered.reached(reading({ model: made.outcome.artifact }), signal), {
      code: "queue",
      message: "no store takes what `b` reads, and workers have it from there",
      help: "see to the store, or run it without --queue; what is made is kept",
    });
  });
  assert.deepEqual(waits, Array(300).fill(1000));
  assert.equal(offers.length, 302);
});

Deno.test("an interrupted run offers no more", async () => {
  const { offers, offered } = offering([false]);
  const made = outcomeOf("a", []);
  await offered.offer(made, []);
  const why = new Error("enough");
  await assert.rejects(
    offered.reached(reading({ model: made.outcome.artifact }), AbortSignal.abort(why)),
    (error) => error === why,
  );
  assert.equal(offers.length, 1);
});

Deno.test("files of this machine that a task reads are provided, again until a store takes them", async () => {
  const { provided, offered } = offering([false, true, false]);
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "1234");
    const digest = digestOf(new TextEncoder().encode("1234"));
    const files = [
      { path: "a", url: `file://${path}`, digest },
      { path: "b", url: "https://there/b", digest: "b" },
    ];
    const task = reading({}, {}, [{ written: "./data", files }]);
    await offered.reached(task, signal);
    assert.deepEqual(provided, [`file://${path} ${digest}`, `file://${path} ${digest}`]);
    await Deno.writeTextFile(path, "12345");
    await assert.rejects(offered.reached(task, signal), {
      code: "source",
      message: "`./data` changed while it was in use",
      help: "run again",
    });
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("what has arrived is kept no longer, and what arrives late forgets no later offer", async () => {
  const offered = offering([]).offered;
  let made: Recorded | undefined = outcomeOf("a", []);
  const kept = new WeakRef(made);
  await offered.offer(made, []);
  made = undefined;
  await new Promise((resolve) => setTimeout(resolve));
  v8.setFlagsFromString("--expose-gc");
  (vm.runInNewContext("gc") as () => void)();
  assert.equal(kept.deref(), undefined);

  const late = Promise.withResolvers<boolean>();
  const answers = [late.promise, Promise.resolve(false), Promise.resolve(true)];
  let asked = 0;
  const twice = offeredBy({
    ...{} as Sharing,
    offer: () => answers[asked++]!,
    provide: () => Promise.resolve(true),
  });
  const again = outcomeOf("b", []);
  const first = twice.offer(again, []);
  await twice.offer(again, []);
  late.resolve(true);
  await first;
  await twice.reached(reading({ model: again.outcome.artifact }), signal);
  assert.equal(asked, 3);
});
