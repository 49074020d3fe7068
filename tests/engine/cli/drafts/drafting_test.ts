/** Recipes that are written for a model file, as somebody types it. */
import assert from "node:assert/strict";
import { relative } from "node:path";
import { parse } from "../../../../engine/deps/yaml.ts";
import { DecantError } from "../../../../engine/error.ts";
import type { NamedData } from "../../../../engine/recipe/words/drafts.ts";
import { draftsOf } from "../../../../engine/cli/drafts/drafting.ts";
import { ops } from "../../../../ops/mod.ts";
import { drafts } from "../../../../ops/drafts/drafts.ts";
import { writeFiles } from "../../../../engine/library/write_out.ts";
import { keras, layersModel, sequential } from "../../../ops/model/support/keras_json.ts";
import { writeNumbers, writeThreshold } from "../../../ops/drafts/threshold.ts";
import { typing } from "../typed.ts";

const written = () => typing({}, ops, () => Promise.resolve(drafts));

Deno.test("a recipe is written for a model and a table, relative to where it stands, and passes check", async () => {
  await using here = await written();
  await writeThreshold(`${here.path}/net`, 39.5);
  await writeNumbers(`${here.path}/numbers.csv`);
  await Deno.mkdir(`${here.path}/recipes`);
  const words = ["--model", "DIR/net/model.json", "--cache", "DIR/cache"];
  const { code, out, err } = await here.decant(
    ...["new", ...words, "--csv", "DIR/numbers.csv", "--out", "DIR/recipes/My.yaml"],
  );
  assert.equal(code, 0, err);
  assert.match(out, /^DIR\/recipes\/My\.yaml is written\. Next: decant check/);
  assert.match(err, /model\.json is a tfjs model, input 1, 2 outputs, 4 parameters/);
  const text = (await Deno.readTextFile(`${here.path}/recipes/My.yaml`)).replaceAll(
    here.path,
    "DIR",
  );
  const [schema, about, measured] = text.split("\n");
  assert.equal(schema, "# yaml-language-server: $schema=./decant.schema.json");
  assert.match(about!, /^# DIR\/net\/model\.json: a tfjs model, input 1, 2 outputs/);
  assert.equal(measured, "# As it is: accuracy 100.0 % on 10 validation samples");
  // A long name of the folder breaks lines, so the values are compared.
  assert.deepEqual(parse(text), {
    decant: 1,
    name: "my",
    data: { from: "DIR/numbers.csv", format: "csv", normalize: "none" },
    model: { from: "DIR/net/model.json" },
    quantize: "int8",
    export: "tfjs",
    expect: ["result.accuracy >= model.accuracy - 2 points", "result.bytes <= model.bytes / 2"],
  });
  const types = JSON.parse(await Deno.readTextFile(`${here.path}/recipes/decant.schema.json`));
  assert.ok("properties" in types || "anyOf" in types || "$defs" in types);
  const checked = await here.decant("check", "DIR/recipes/My.yaml");
  assert.equal(checked.code, 0, checked.err);
});

Deno.test("of a model of numbers it is said how far off it is", async () => {
  await using here = await written();
  const layer = keras("Dense", "d", { units: 1, "batch_input_shape": [null, 1] });
  const weights = [
    { name: "d/kernel", shape: [1, 1], values: [2] },
    { name: "d/bias", shape: [1], values: [0] },
  ];
  await writeFiles(`${here.path}/net`, layersModel(sequential("net", [layer]), weights));
  const rows = Array.from({ length: 100 }, (_, x) => `${x},${2 * x + 0.5}`);
  await Deno.writeTextFile(`${here.path}/twice.csv`, `x,y\n${rows.join("\n")}\n`);
  const { code, err } = await here.decant(
    ...["new", "DIR/a.yaml", "--model", "DIR/net/model.json", "--csv", "DIR/twice.csv"],
    ...["--cache", "DIR/cache"],
  );
  assert.equal(code, 0, err);
  const [, , measured] = (await Deno.readTextFile(`${here.path}/a.yaml`)).split("\n");
  assert.equal(measured, "# As it is: mae 0.500 on 10 validation samples");
});

Deno.test("data are named once, and for a model", async () => {
  await using here = await written();
  const says = async (...words: string[]) => {
    const { code, err } = await here.decant("new", "DIR/a.yaml", ...words);
    assert.equal(code, 2);
    return err;
  };
  const said = (message: string, help: string) => `decant: ${message}\n     help: ${help}\n`;
  const ways = "one of --images PATH, --csv PATH, --text PATH, --data PATH";
  assert.equal(await says("--model", "DIR/x.h5"), said("no data are named", ways));
  assert.equal(
    await says("--model", "DIR/x.h5", "--csv", "a", "--data", "b"),
    said("data are named twice", ways),
  );
  assert.equal(
    await says("--csv", "a.csv"),
    said("--csv names data for a model, and none is named", "--model FILE names it"),
  );
  assert.equal(
    await says("--out", "DIR/b.yaml"),
    said("the recipe's file is named twice", "--out DIR/b.yaml is enough"),
  );
  await Deno.writeTextFile(`${here.path}/a.yaml`, "mine");
  assert.equal(
    await says("--model", "DIR/x.h5", "--csv", "a"),
    said('"DIR/a.yaml" is there already', "give the new recipe another name"),
  );
  assert.equal(await Deno.readTextFile(`${here.path}/a.yaml`), "mine");
});

Deno.test("a model that is not there is said before anything is written", async () => {
  await using here = await written();
  const { code, err } = await here.decant(
    ...["new", "DIR/a.yaml", "--model", "DIR/none.h5", "--data", "iris", "--cache", "DIR/cache"],
  );
  assert.notEqual(code, 0);
  assert.match(err, /none\.h5/);
  await assert.rejects(Deno.lstat(`${here.path}/a.yaml`), Deno.errors.NotFound);
});

Deno.test("files that are not there are named as they were typed, data sets with those that come along", async () => {
  await using here = await written();
  await writeThreshold(`${here.path}/net`, 39.5);
  const says = async (model: string, data: string) => {
    const words = ["--model", model, "--data", data, "--cache", "DIR/cache"];
    const { code, err } = await here.decant("new", "DIR/sub/a.yaml", ...words);
    return [code, err.split("\n").filter((line) => !/is a tfjs model/.test(line)).join("\n")];
  };
  const help = "     help: a path is looked for from the working directory\n";
  assert.deepEqual(await says("DIR/none.h5", "iris"), [
    2,
    `decant: "DIR/none.h5" is not there\n${help}`,
  ]);
  assert.deepEqual(await says("DIR/net/model.json", "DIR/none.csv"), [
    2,
    `decant: "DIR/none.csv" is not there\n${help}`,
  ]);
  const [code, err] = await says("DIR/net/model.json", "nowhere");
  assert.equal(code, 2);
  assert.match(`${err}`, /"nowhere" is neither a file nor a folder.*\n.*a path, or one of digits/);
});

Deno.test("what only a field of a recipe tells of a model is said with the recipe that has it", async () => {
  await using here = await written();
  await Deno.mkdir(`${here.path}/net`);
  const dense = { name: "d", units: 2, ["batch_input_shape"]: [null, null] };
  const config = { name: "s", layers: [{ ["class_name"]: "Dense", config: dense }] };
  const modelTopology = { ["class_name"]: "Sequential", config };
  const says = async (document: unknown) => {
    await Deno.writeTextFile(`${here.path}/net/model.json`, JSON.stringify(document));
    const words = ["--model", "DIR/net/model.json", "--data", "iris", "--cache", "DIR/cache"];
    return (await here.decant("new", "DIR/a.yaml", ...words)).err;
  };
  assert.match(
    await says({ format: "layers-model", modelTopology, weightsManifest: [] }),
    /help: give its size in the recipe: input: .*; a recipe says it, model: \{ from: DIR\/net\/model\.json, input: … \}; decant new without --model writes one/,
  );
  assert.doesNotMatch(await says([]), /a recipe says it/);
  // A word that begins as the field is called is not that field.
  await Deno.mkdir(`${here.path}/none`);
  await Deno.writeTextFile(`${here.path}/none/inputs.bin`, "");
  const words = ["--model", "DIR/none", "--data", "iris", "--cache", "DIR/cache"];
  const { err } = await here.decant("new", "DIR/a.yaml", ...words);
  assert.match(err, /help: it has .*inputs\.bin/);
  assert.doesNotMatch(err, /a recipe says it/);
});

Deno.test("ops that say nothing of recipes for models are told so", async () => {
  await assert.rejects(draftsOf({}), {
    code: "usage",
    message: "these ops say nothing of how recipes are written for a model",
    help: "decant new FILE writes one to be changed",
  });
});

Deno.test("of data it is told what lies there, three folders deep, and of the model what lies beside it", async () => {
  const found: NamedData[] = [];
  await using here = await typing({}, ops, () =>
    Promise.resolve({
      ...drafts,
      data(_model, named) {
        found.push(named);
        throw new DecantError("usage", "enough", "no more");
      },
    }));
  await writeThreshold(`${here.path}/net`, 39.5);
  await Deno.mkdir(`${here.path}/data/one/two/three`, { recursive: true });
  for (const file of ["z", "one/y", "one/two/x", "one/two/three/w"]) {
    await Deno.writeTextFile(`${here.path}/data/${file}.txt`, "");
  }
  const named = async (place: string, ...words: string[]): Promise<NamedData> => {
    const model = `${place}/net/model.json`;
    const cache = ["--cache", "DIR/cache"];
    const { err } = await here.decant(
      "new",
      `${place}/sub/a.yaml`,
      "--model",
      model,
      ...words,
      ...cache,
    );
    assert.match(err, /decant: enough\n/);
    return found.pop()!;
  };
  const below = relative(Deno.cwd(), here.path);
  for (const [place, prefix] of [["DIR", here.path], [below, ".."]] as const) {
    const { files, besideModel, modelFile, ...rest } = await named(
      place,
      "--data",
      `${place}/data`,
    );
    assert.deepEqual(rest, { from: `${prefix}/data`, there: true });
    assert.deepEqual([...files].sort(), ["one/two/x.txt", "one/y.txt", "z.txt"]);
    assert.deepEqual(besideModel, ["model.json", "weights.bin"]);
    assert.equal(modelFile("labels.txt"), `${prefix}/net/labels.txt`);
  }
  await Deno.mkdir(`${here.path}/many`);
  for (let i = 0; i < 1001; i++) await Deno.writeTextFile(`${here.path}/many/${i}`, "");
  assert.equal((await named("DIR", "--data", "DIR/many")).files.length, 1000);
  const images = await named("DIR", "--images", "DIR/data");
  assert.deepEqual([images.format, images.there], ["images", true]);
  const { from, there, files } = await named("DIR", "--data", "iris");
  assert.deepEqual([from, there, files], ["iris", false, []]);
  const file = await named("DIR", "--text", "DIR/data/z.txt");
  assert.deepEqual([file.format, file.there, file.files], ["text", true, []]);
});
