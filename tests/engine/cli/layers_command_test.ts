/** The layers of a model in a file of this machine are in that file: they are looked up there. */
import assert from "node:assert/strict";
import { layersCommand } from "../../../engine/cli/layers_command.ts";
import { commandLine } from "../../../engine/cli/command_line.ts";
import type { Terminal } from "../../../engine/cli/terminal.ts";
import { opSet } from "../../../engine/op.ts";
import { writeFiles } from "../../../engine/library/write_out.ts";
import { ops } from "../../../mod.ts";
import { keras, layersModel, sequential } from "../../ops/model/support/keras_json.ts";
import { setVariable } from "../../variable.ts";
import { typing } from "./typed.ts";

const RECIPE = `decant: 1
name: local
model: { from: net/model.json }
prune: { granularity: channel, ratio: 0.5 }
`;
const network = layersModel(
  sequential("net", [
    keras("Dense", "first", { units: 4, "batch_input_shape": [null, 2], "use_bias": false }),
    keras("Dense", "last", { units: 2, "use_bias": false }),
  ]),
  [
    { name: "first/kernel", shape: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 8] },
    { name: "last/kernel", shape: [4, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] },
  ],
);

/** A folder with a recipe and a model, and `decant layers` in it. */
async function folder() {
  const path = await Deno.makeTempDir();
  await Deno.writeTextFile(`${path}/local.yaml`, RECIPE);
  await writeFiles(`${path}/net`, network);
  return {
    path,
    async layers(...words: string[]) {
      const said = { out: "", err: "" };
      const terminal: Terminal = {
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        rewrite: () => {},
        live: false,
        columns: 100,
      };
      const command = ["layers", `${path}/local.yaml`, ...words, "--cache", `${path}/cache`];
      return { code: await commandLine(command, { ops: opSet(ops), terminal }), ...said };
    },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

Deno.test("a model that lies here is read for a look at its layers, and nothing is kept of it", async () => {
  await using place = await folder();
  // Where a run that is not told otherwise would keep something.
  const unset = setVariable("DECANT_CACHE", `${place.path}/kept`);
  const { code, out, err } = await place.layers("model").finally(unset);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /first +dense +4 +8 +8\n.*last +dense +2 +8 +8\n2 of 2 layers of model\.\n$/s);
  for (const kept of ["cache/outcomes", "kept"]) {
    await assert.rejects(Deno.stat(`${place.path}/${kept}`), Deno.errors.NotFound);
  }
});

Deno.test("so are the layers of what is made from it, and a selector's", async () => {
  await using place = await folder();
  assert.match((await place.layers()).out, /first +dense +2 +4 +4\n.*layers of pruned\.\n$/s);
  assert.match((await place.layers("pruned", "l*")).out, /last +dense.*1 of 2 layers/s);
  const { code, err } = await place.layers("pruned", "frist");
  assert.equal(code, 2);
  assert.match(err, /"frist" matches no layer of pruned\n +help: nearest: first/);
});

Deno.test("a model that is not there, or is none, is said as a run would say it", async () => {
  await using place = await folder();
  await Deno.writeTextFile(`${place.path}/net/model.json`, "{}");
  const none = await place.layers("model");
  assert.notEqual(none.code, 0);
  assert.match(none.err, /local\.yaml:3:/);
  await Deno.remove(`${place.path}/net/model.json`);
  const gone = await place.layers("model");
  assert.equal(gone.code, 2);
  assert.match(gone.err, /`net\/model\.json` is not there/);
});

Deno.test("as JSON the layers of one model are told, those that a selector names", async () => {
  await using place = await folder();
  const { out } = await place.layers("model", "last", "--json");
  assert.match(out, /^\{\n {2}"format": 1,\n[^]*\}\n$/);
  const { format, model, layers } = JSON.parse(out);
  assert.deepEqual([format, model], [1, "model"]);
  assert.deepEqual(
    layers.map(({ name, kind, parameters }: Record<string, unknown>) => [name, kind, parameters]),
    [
      ["last", "dense", 8],
    ],
  );
  assert.equal(JSON.parse((await place.layers("result", "--json")).out).model, "pruned");
  assert.deepEqual([layersCommand.name, layersCommand.operands], [
    "layers",
    ["RECIPE", "[MODEL]", "[SELECTOR]"],
  ]);
});

Deno.test("a model that the recipe does not make is refused with those that it makes", async () => {
  await using place = await folder();
  assert.deepEqual(await place.layers("nine"), {
    code: 2,
    out: "",
    err: 'decant: the recipe makes no model "nine"\n     help: its models: model, pruned\n',
  });
});

Deno.test("layers that only a run can tell are refused with the step that they wait for", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("no", { status: 404 }),
  );
  const from = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/model.json`;
  try {
    await using here = await typing({ "a.yaml": RECIPE.replace("net/model.json", from) }, ops);
    const layers = (...words: string[]) =>
      here.decant("layers", "DIR/a.yaml", ...words, "--cache", "DIR/cache");
    const refused = (name: string, waits: string) => ({
      code: 2,
      out: "",
      err: `decant: the layers of "${name}" are not known yet: they wait for ${waits}\n` +
        "     help: decant run RECIPE --until model\n",
    });
    assert.deepEqual(await layers("model"), refused("model", "a source"));
    assert.deepEqual(await layers(), refused("pruned", "model"));
  } finally {
    await server.shutdown();
  }
});

Deno.test("layers that are known are told to the letter, without a run", async () => {
  const text = "decant: 1\nname: b\ndata: iris\n" +
    "model: { use: mlp, hidden: [4], train: { epochs: 1 } }\n";
  await using here = await typing({ "a.yaml": text }, ops);
  assert.deepEqual(await here.decant("layers", "DIR/a.yaml", "--cache", "DIR/cache"), {
    code: 0,
    out: `layer       type   shape  parameters  MACs
dense1      dense      4          20    16
head.dense  dense      3          15    12
2 of 2 layers of model.
`,
    err: "",
  });
});
