/** A recipe as a value: changed, expanded, planned and run, with what may be reached for it. */
import assert from "node:assert/strict";
import { type Diagnostic, RecipeError } from "../../../engine/error.ts";
import type { Key } from "../../../engine/digest.ts";
import { type AnyOp, opSet } from "../../../engine/op.ts";
import { kernelsHere } from "../../../engine/library/kernels.ts";
import { recipeOf } from "../../../engine/library/open_recipe.ts";
import {
  type Changes,
  openStore,
  originOf,
  type RecipeOptions,
  runnable,
} from "../../../engine/library/runnable.ts";
import { recipeFromValue } from "../../../engine/recipe/parse_recipe.ts";
import type { Executor } from "../../../engine/run/executor.ts";
import type { StepTask } from "../../../engine/run/task.ts";
import { defaultCache } from "../../../engine/store/store_folder.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { bundleOf } from "../../../engine/notebook/displayed.ts";
import { fakeOps } from "../run/support/fake.ts";
import { numbers } from "../run/search/numbers.ts";
import { setVariable } from "../../variable.ts";

const ops = opSet(Object.values(fakeOps()));
const VALUE = {
  name: "numbers",
  description: "Counts",
  steps: [
    { op: "constant", as: "one", value: 1 },
    { op: "add", as: "three", number: "one", amount: 2 },
  ],
};
const numbersRecipe = () => recipeOf(VALUE, "/", ops);
const amount =
  (recipe: { expand(set?: Changes): { steps: readonly { params: object }[] } }) =>
  (set?: Changes) => (recipe.expand(set).steps[1]!.params as { amount: unknown }).amount;

Deno.test("a document is read once, and once more for each change of it", () => {
  const sets: Changes[] = [];
  const recipe = runnable(
    (set) => {
      sets.push(set);
      return recipeFromValue(VALUE, "/", ops, { set });
    },
    ops,
    { set: {}, source: "numbers.yaml" },
  );
  assert.deepEqual([recipe.name, recipe.description, recipe.source], [
    "numbers",
    "Counts",
    "numbers.yaml",
  ]);
  assert.equal(recipe.expand(), recipe.expand({}));
  assert.deepEqual(sets, [{}]);
  assert.equal(amount(recipe)({ "steps.1.amount": 5 }), 5);
  assert.deepEqual(sets, [{}, { "steps.1.amount": 5 }]);
  const bare = recipeOf({ ...VALUE, description: undefined }, "/", ops);
  assert.deepEqual(["description" in bare, "source" in bare], [false, false]);
});

Deno.test("changes add up, the later one goes before, and the recipe itself stays as it is", () => {
  const recipe = numbersRecipe();
  const five = recipe.with({ "steps.1.amount": 5, seed: 1 });
  const six = five.with({ "steps.1.amount": 6 });
  assert.deepEqual([recipe, five, six].map((each) => amount(each)()), [2, 5, 6]);
  assert.equal(amount(six)({ "steps.1.amount": 7 }), 7);
  assert.deepEqual([originOf(recipe)!.set, originOf(six)!.set], [
    {},
    { "steps.1.amount": 6, seed: 1 },
  ]);
  assert.equal(six.expand().seed, 1);
  assert.equal(originOf({}), undefined);
});

Deno.test("what is wrong with a document is thrown with what is wrong with its graph", async () => {
  const broken = {
    ...VALUE,
    steps: [
      ...VALUE.steps,
      { op: "evaluate", as: "test", model: "three" },
      { op: "add", as: "more", number: "test", amount: "x" },
      { op: "evaluate", as: "again", model: "test" },
    ],
  };
  assert.throws(() => recipeOf(broken, "/", ops), (error) => {
    assert.ok(error instanceof RecipeError);
    const codes = error.diagnostics.map(({ code }: Diagnostic) => code);
    assert.deepEqual(codes.toSorted(), ["wrong-kind", "wrong-type"]);
    return true;
  });
  const late = { ...VALUE, steps: [{ op: "add", as: "a", number: "none", amount: 1 }] };
  const recipe = recipeOf(late, "/", ops);
  await assert.rejects(recipe.compile(), RecipeError);
  await assert.rejects(recipe.plan({ cache: memoryStore() }), RecipeError);
  await assert.rejects(recipe.run({ cache: memoryStore() }), RecipeError);
});

Deno.test("a plan reads what is recorded; a run records it, under what was set", async () => {
  const cache = memoryStore();
  const recipe = numbersRecipe();
  const states = async (set?: Changes) =>
    (await recipe.plan({ cache, ...(set && { set }) })).steps.map(({ state }) => state);
  assert.deepEqual(await states(), ["run", "unknown"]);
  const run = await recipe.run({ cache, set: { "steps.1.amount": 5 } });
  assert.equal(await run.model("three").value(), 6);
  assert.deepEqual(run.report.settings, { "steps.1.amount": 5 });
  const again = await recipe.with({ seed: 3 }).run({ cache, set: { "steps.1.amount": 5 } });
  assert.deepEqual(again.report.settings, { seed: 3, "steps.1.amount": 5 });
  assert.deepEqual(await states(), ["hit", "run"]);
  assert.deepEqual(await states({ "steps.1.amount": 5 }), ["hit", "hit"]);
});

Deno.test("a plan of a search recalls its trials, as many as are asked for", async () => {
  const cache = memoryStore();
  const { recipe } = numbers({
    over: { x: [1, 2, 3] },
    minimize: "result.bytes",
    budget: { trials: 3 },
    strategy: "grid",
  });
  await recipe.run({ cache, trials: 2 });
  const tried = async (trials?: number) => {
    const { search } = await recipe.plan({ cache, ...(trials && { trials }) });
    return [search!.document.trials.length, search!.ahead.length];
  };
  assert.deepEqual(await tried(), [2, 1]);
  assert.deepEqual(await tried(1), [1, 0]);
  // Until a step, there is nothing to search.
  const part = await recipe.run({ cache, until: "n" });
  assert.deepEqual([part.ending, part.report.search], ["done", undefined]);
});

Deno.test("the threads of the machine are shared among the jobs, at least one for each", async () => {
  const run = async (options: object) => {
    const tasks: StepTask[] = [];
    const executor: Executor = {
      perform: (task) => {
        tasks.push(task);
        return Promise.reject(new Error("it is only looked at"));
      },
    };
    const { report } = await numbersRecipe().run({ cache: memoryStore(), executor, ...options });
    const { settings } = tasks[0]!;
    assert.equal(settings.kernels?.level ?? "wasm", report.environment.kernels);
    return [report.environment.threads, settings.threads];
  };
  const all = navigator.hardwareConcurrency;
  assert.deepEqual(await run({}), [all, all]);
  Object.defineProperty(navigator, "hardwareConcurrency", { value: 7, configurable: true });
  try {
    assert.deepEqual(await run({}), [7, 7]);
    assert.deepEqual(await run({ jobs: 2 }), [7, 3]);
    assert.deepEqual(await run({ threads: 5, jobs: 2 }), [5, 5]);
    assert.deepEqual(await run({ jobs: 1000 }), [7, 1]);
  } finally {
    delete (navigator as { hardwareConcurrency?: number }).hardwareConcurrency;
  }
  assert.equal(navigator.hardwareConcurrency, all);
});

Deno.test("times that a run took are a plan's where machine, threads and kernels are the same", async () => {
  const cache = memoryStore();
  const steps = [...VALUE.steps, { op: "measure", model: "three" }];
  const recipe = recipeOf({ ...VALUE, steps }, "/", ops);
  const states = async (options: RecipeOptions) =>
    (await recipe.plan({ cache, kernels: "wasm", ...options })).steps.map(({ state }) => state);
  await recipe.run({ cache, kernels: "wasm" });
  const all = navigator.hardwareConcurrency;
  assert.deepEqual(await states({}), ["hit", "hit", "hit"]);
  assert.deepEqual(await states({ threads: all }), ["hit", "hit", "hit"]);
  assert.deepEqual(await states({ threads: all + 1 }), ["hit", "hit", "run"]);
  await recipe.run({ cache, kernels: "wasm", threads: all + 1, jobs: 2 });
  assert.deepEqual(await states({ threads: all + 1 }), ["hit", "hit", "hit"]);
  const { use } = await kernelsHere();
  const other = use === "wasm" ? "hit" : "run";
  assert.deepEqual(await states({ kernels: "auto" }), ["hit", "hit", other]);
});

/** Whether what is wrong is that a step asks for too much memory. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof RecipeError && error.diagnostics.every(({ code }) => code === "too-large");

Deno.test("what asks for more memory than is given is refused before it runs, in trials of a search too", async () => {
  const fakes = fakeOps();
  const constant: AnyOp = {
    ...fakes.constant,
    needs: ({ value }: { readonly value: number }) => ({
      bytes: value,
      what: "the number",
      path: "value",
      help: "a smaller one",
    }),
  } as never;
  const greedy = opSet([...Object.values({ ...fakes, constant })]);
  const cache = memoryStore();
  const steps = [
    { op: "constant", as: "one", value: "$x" },
    { op: "evaluate", as: "one-test", model: "one" },
  ];
  const one = recipeOf({ name: "one", variables: { x: 5000 }, steps }, "/", greedy);
  const over = { x: [1, 5000] };
  const search = { over, minimize: "one.bytes", budget: { trials: 1 }, strategy: "grid" };
  const many = recipeOf({ name: "many", variables: { x: 1 }, steps, search }, "/", greedy);
  for (const recipe of [one, many]) {
    await recipe.compile(undefined, { memory: 5000 });
    await recipe.compile({}, {});
    await assert.rejects(recipe.compile({}, { memory: 4999 }), isTooLarge);
    await assert.rejects(recipe.plan({ cache, memory: 4999 }), isTooLarge);
    await assert.rejects(recipe.run({ cache, memory: 4999 }), isTooLarge);
    assert.equal((await recipe.run({ cache, memory: 5000 })).ending, "done");
  }
});

Deno.test("what a plan fetches is bounded by the memory, by 4 GiB where there is no bound", async () => {
  const value = { name: "n", steps: [{ op: "file", as: "a", from: "https://localhost:1/x" }] };
  const recipe = recipeOf(value, "/", ops);
  const { fetch } = globalThis;
  const planned = async (promised: number, memory?: number) => {
    globalThis.fetch = () =>
      Promise.resolve(new Response("5", { headers: { "content-length": String(promised) } }));
    try {
      const options = { cache: memoryStore(), ...(memory !== undefined && { memory }) };
      const { steps, diagnostics } = await recipe.plan(options);
      return diagnostics[0]?.message ?? steps[0]!.state;
    } catch (error) {
      return (error as Error).message;
    } finally {
      globalThis.fetch = fetch;
    }
  };
  assert.equal(await planned(1), "run");
  assert.equal(await planned(1, Infinity), "run");
  assert.match(await planned(11, 10), /is larger than 10 bytes/);
  for (const memory of [undefined, Infinity]) {
    assert.match(await planned(2 ** 32 + 1, memory), /is larger than 4294967296 bytes/);
  }
});

Deno.test({
  name: "native kernels that are asked for and cannot be had are an error of plan and run",
  permissions: { read: true },
  async fn() {
    const options = { cache: memoryStore(), kernels: "native" } as const;
    const message = /^There are no native kernels here: /;
    await assert.rejects(numbersRecipe().plan(options), { message });
    await assert.rejects(numbersRecipe().run(options), { message });
  },
});

Deno.test("what this machine serves is not for a recipe that a document from elsewhere had a part in", async () => {
  const value = { name: "n", steps: [{ op: "file", as: "a", from: "https://localhost:1/x" }] };
  const recipe = (...documents: readonly string[]) =>
    runnable((set) => recipeFromValue(value, "/", ops, { set }), ops, {
      set: {},
      documents: documents.map((source) => ({ source, text: "" })),
    });
  const here = { cache: memoryStore(), kernels: "wasm" } as const;
  for (const documents of [[], ["/a.yaml"], ["http://localhost:1/a.yaml", "/b.yaml"]]) {
    const { steps } = await recipe(...documents).plan({ ...here, offline: true });
    assert.deepEqual(steps[0]!.state, "unknown", `${documents}`);
  }
  const far = recipe("/a.yaml", "https://example.org/a.yaml");
  const message = "`https://localhost:1/x` is on this machine";
  await assert.rejects(far.plan(here), { message });
  const { ending, problems } = await far.run(here);
  assert.deepEqual([ending, problems.map((problem) => problem.message)], ["refused", [message]]);
});

Deno.test("the folder of the cache is the variable's, else .decant; a store is itself", async () => {
  const folder = await Deno.makeTempDir();
  const unset = setVariable("DECANT_CACHE", undefined);
  try {
    assert.equal(defaultCache(), ".decant");
    setVariable("DECANT_CACHE", `${folder}/cache`);
    assert.equal(defaultCache(), `${folder}/cache`);
    assert.equal((await openStore()).folder, `${folder}/cache`);
  } finally {
    unset();
  }
  const store = memoryStore();
  assert.equal(await openStore(store), store);
  const kept = await openStore(`${folder}/cache`);
  await kept.remember("a", 1);
  await Deno.writeTextFile(`${folder}/cache/VERSION`, "one\n");
  const said: string[] = [];
  await openStore(`${folder}/cache`, (sentence) => void said.push(sentence));
  assert.match(said.join(), /^[^]*VERSION was damaged and is written again/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a store that the environment names stands behind the cache where shared ones are looked for", async () => {
  const folder = await Deno.makeTempDir();
  const asked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) => {
      asked.push(new URL(url).pathname);
      return new Response(null, { status: 404 });
    },
  );
  const key = "a".repeat(64) as Key;
  const unset = setVariable("DECANT_STORE", `http://127.0.0.1:${server.addr.port}/`);
  try {
    for (const shared of [undefined, {}]) {
      const store = await openStore(`${folder}/cache`, () => {}, shared);
      assert.equal(await store.outcome(key), undefined);
      assert.deepEqual(asked, shared === undefined ? [] : [`/ac/${key}`]);
    }
  } finally {
    unset();
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what is not as it should be in the cache reaches the listeners of the run", async () => {
  const folder = await Deno.makeTempDir();
  const cache = `${folder}/cache`;
  await numbersRecipe().run({ cache });
  await Deno.writeTextFile(`${cache}/VERSION`, "one\n");
  const said: string[] = [];
  await numbersRecipe().run({
    cache,
    onEvent: (event, graph) => {
      if (event.type === "noticed") said.push(`${graph.nodes.length}: ${event.sentence}`);
    },
  });
  assert.match(said.join(), /^2: .*VERSION was damaged/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a recipe and its plan show themselves in a notebook", async () => {
  const recipe = numbersRecipe();
  const card = await bundleOf(recipe);
  assert.match(card!["text/plain"]!, /^numbers {2}seed 0\nCounts\n/);
  const plan = await bundleOf(await recipe.plan({ cache: memoryStore() }));
  assert.match(plan!["text/plain"]!, /1 would run, 1 unknown/);
});
