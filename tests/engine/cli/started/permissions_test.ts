import assert from "node:assert/strict";

const MOD = new URL("../../../../mod.ts", import.meta.url).pathname;

const RECIPE = `decant: 1
name: petals
data: iris
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
quantize: { scheme: int8 }
export: [tfjs, onnx, packed, safetensors]
`;

/** The command line in a folder with a recipe in it. */
async function beside(recipe: string) {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/petals.yaml`, recipe);
  return {
    folder,
    async decant(flags: readonly string[], ...given: (string | Record<string, string>)[]) {
      const words = given.filter((word) => typeof word === "string");
      const variables = given.find((word) => typeof word === "object");
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", "--no-check", "--cached-only", ...flags, MOD, ...words],
        cwd: folder,
        // What is asked of Deno is written there.
        env: { NO_COLOR: "1", DENO_AUDIT_PERMISSIONS: `${folder}/audit.jsonl`, ...variables },
      }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, out: text(stdout), err: text(stderr) };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("a run needs the flags that plan prints, and no others", async () => {
  await using place = await beside(RECIPE);
  const { decant } = place;
  const planned = await decant(["-A"], "plan", "petals.yaml", "--json");
  assert.deepEqual([planned.code, planned.err], [0, ""]);
  const { flags } = JSON.parse(planned.out) as { flags: string[] };
  const run = await decant(flags, "run", "petals.yaml", "--quiet");
  assert.deepEqual([run.code, run.err], [0, ""]);
  assert.match(run.out, /\d+ of \d+ steps ran/);
  for (const without of flags.filter((flag) => !flag.startsWith("--allow-sys"))) {
    const denied = await decant(flags.filter((flag) => flag !== without), "run", "petals.yaml");
    assert.notEqual(denied.code, 0, `${without} is not needed`);
    assert.doesNotMatch(denied.err, /\bat .*\.ts:\d+/, "a sentence, not a stack trace");
  }
});

/** The flags in a help that says which to add. */
const flagsIn = (help: string): string[] =>
  /^ +help: add (--[^;\n]*)/m.exec(help)![1]!.trim().split(" ");

Deno.test("plan says at once what it lacks, and its help is the flags, not to run plan", async () => {
  await using place = await beside(RECIPE);
  const { decant } = place;
  const none = await decant([], "plan", "petals.yaml");
  assert.equal(none.code, 2);
  assert.match(none.err, /^decant: Deno does not allow a plan to read `petals.yaml`, `.decant`\n/);
  assert.doesNotMatch(none.err, /decant plan/);
  const planned = await decant(flagsIn(none.err), "plan", "petals.yaml");
  assert.deepEqual([planned.code, planned.err], [0, ""]);
  assert.match(planned.out, /\nneeds --allow-read=petals.yaml,.decant,out\/petals --allow-write=/);
  const { problems } = JSON.parse((await decant([], "plan", "petals.yaml", "--json")).out);
  assert.deepEqual([problems.length, problems[0].code], [1, "denied"]);
});

Deno.test("plan of a recipe by URL whose data are by URL says each time all that it lacks", async () => {
  const table = `x,kind\n${
    Array.from({ length: 60 }, (_, i) => `${i},${i < 30 ? "a" : "b"}`).join("\n")
  }`;
  const data = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response(table),
  );
  const host = (server: Deno.HttpServer<Deno.NetAddr>) => `127.0.0.1:${server.addr.port}`;
  const recipe = RECIPE.replace(
    "data: iris",
    `data: { from: "http://${host(data)}/x.csv", format: csv, columns: { label: kind } }`,
  );
  const documents = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) =>
      url.endsWith("petals.yaml") ? new Response(recipe) : new Response("", { status: 404 }),
  );
  await using place = await beside(RECIPE);
  const far = ["plan", `http://${host(documents)}/petals.yaml`];
  const none = await place.decant([], ...far);
  const both = `to read \`.decant\` and to fetch from \`${host(documents)}\`\n`;
  assert.deepEqual([none.code, none.err.split("plan ")[1]!.startsWith(both)], [2, true], none.err);
  const opened = await place.decant(flagsIn(none.err), ...far);
  assert.equal(opened.code, 2);
  assert.ok(opened.err.includes(`this plan to fetch from \`${host(data)}\`\n`), opened.err);
  const planned = await place.decant(flagsIn(opened.err), ...far);
  assert.deepEqual([planned.code, planned.err], [0, ""]);
  assert.deepEqual(flagsIn(opened.err), /\nneeds (.*)\n/.exec(planned.out)![1]!.split(" "));
  await data.shutdown();
  await documents.shutdown();
});

Deno.test("a cache that the environment names is used with the flags that plan prints", async () => {
  await using place = await beside(RECIPE);
  const env = { DECANT_CACHE: "kept" };
  const planned = await place.decant(["-A"], env, "plan", "petals.yaml", "--json");
  const { flags } = JSON.parse(planned.out) as { flags: string[] };
  assert.ok(flags.includes("--allow-env=DECANT_CACHE"), flags.join(" "));
  const run = await place.decant(flags, env, "run", "petals.yaml", "--quiet");
  assert.deepEqual([run.code, run.err], [0, ""]);
  assert.ok((await Deno.stat(`${place.folder}/kept/outcomes`)).isDirectory);
});

Deno.test("no variable of the environment is read that is not Decant's, npm's registry's or leads to keys, native kernels and packages", async () => {
  await using place = await beside(RECIPE);
  const audit = `${place.folder}/audit.jsonl`;
  for (
    const [words, more] of [
      [["run", "petals.yaml", "--quiet", "--threads", "2"], ["XDG_CACHE_HOME", "HOME", "PATH"]],
      [["run", "petals.yaml", "--quiet", "--threads", "2", "--kernels", "wasm"], []],
      [["fmt", "petals.yaml"], []],
    ] as const
  ) {
    const { code } = await place.decant(["-A"], ...words);
    assert.equal(code, 0);
    const lines = (await Deno.readTextFile(audit)).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    assert.ok(
      lines.some(({ permission }) => permission === "read"),
      "Deno wrote what was asked for",
    );
    const read = lines.filter(({ permission }) => permission === "env").map(({ value }) => value);
    const known: readonly string[] = [
      ...["DECANT_CACHE", "DECANT_STORE", "DECANT_QUEUE", "NPM_CONFIG_REGISTRY"],
      // Where keys lie whose records are hits, which a run asks that was all hits.
      ...words[0] === "run" ? ["XDG_CONFIG_HOME", "HOME"] : [],
      // Where Deno keeps packages, which the export as ONNX asks: its runtime is large.
      ...words[0] === "run" ? ["DENO_DIR", "XDG_CACHE_HOME"] : [],
      ...more,
    ];
    const others = read.filter((name) => !known.includes(name));
    assert.deepEqual(others, []);
  }
});

for (const use of ["digits", "names", "spam"]) {
  Deno.test(`${use}, which come with the package, are read with the flags that plan prints`, async () => {
    const model = use === "digits" ? "lenet5" : "text-cnn, embedding: 2, filters: 2";
    await using place = await beside(
      `decant: 1\nname: embedded\ndata: { use: ${use}, limit: 9 }\nmodel: { use: ${model}, train: { epochs: 1 } }\n`,
    );
    const { decant } = place;
    const planned = await decant(["-A"], "plan", "petals.yaml", "--json");
    assert.deepEqual([planned.code, planned.err], [0, ""]);
    const { flags } = JSON.parse(planned.out) as { flags: string[] };
    const run = await decant(flags, "run", "petals.yaml", "--until", "data", "--quiet");
    assert.deepEqual([run.code, run.err], [0, ""]);
  });
}

Deno.test("a thread reads with the flags that plan prints; without its own modules' this one does, to the same bits", async () => {
  await using place = await beside(
    `decant: 1\nname: rows\ndata: { from: ./rows.csv }\nmodel: { use: mlp, hidden: [2], train: { epochs: 1 } }\n`,
  );
  const rows = Array.from({ length: 9000 }, (_, i) => `${i % 7},${i % 3},${"ab"[i % 2]}`);
  await Deno.writeTextFile(`${place.folder}/rows.csv`, `x,y,kind\n${rows.join("\n")}\n`);
  const planned = await place.decant(["-A"], "plan", "petals.yaml", "--json");
  const { flags } = JSON.parse(planned.out) as { flags: string[] };
  const own = new URL("../../../../", import.meta.url).pathname;
  assert.ok(flags[0]!.split(",").includes(own), flags[0]);
  const digest = async (first: string, cache: string) => {
    const words = ["run", "petals.yaml", "--json", "--until", "data", "--cache", cache];
    const given = [first, ...flags.slice(1)].map((flag) => flag.replace(".decant", cache));
    const { code, out, err } = await place.decant(given, ...words);
    assert.equal(code, 0, err);
    return JSON.parse(out).steps[0].artifact.digest as string;
  };
  const apart = await digest(flags[0]!, "apart");
  assert.equal(await digest(flags[0]!.replace(`,${own}`, ""), "here"), apart);
});
