/** Real models and data that are not part of the repository; tests that need them are skipped where they are absent. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Files } from "../../../../engine/kind.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { readLayersModel } from "../../../../ops/formats/tfjs/read_layers_model.ts";
import { shardPaths } from "../../../../ops/formats/tfjs/read_model_json.ts";

const root = Deno.env.get("DECANT_TEST_DATA") ??
  fileURLToPath(new URL("../../../../../shared/data", import.meta.url));

/** The folder of a data set, or undefined where it is absent. */
export function testData(name: string): string | undefined {
  const path = `${root}/${name}`;
  return existsSync(path) ? path : undefined;
}

/** A test over files of the folder; where they are absent its name says so and it is ignored. */
export function testWith(
  folder: string,
  name: string,
  body: (path: string) => Promise<void> | void,
) {
  const path = testData(folder);
  const skipped = path === undefined;
  Deno.test({
    name: skipped ? `${name} (skipped: DECANT_TEST_DATA has no ${folder})` : name,
    ignore: skipped,
    fn: () => body(path!),
  });
}

/** The files of the layers-model in a folder. */
export function filesIn(folder: string): Files {
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(`${folder}/${path}`));
  const json = JSON.parse(readFileSync(`${folder}/model.json`, "utf8"));
  const paths = ["model.json", ...shardPaths(json)];
  return Object.fromEntries(paths.map((path) => [path, read(path)]));
}

/** The model in the files of a layers-model. */
export function modelOf(files: Files): Model {
  const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
  return readLayersModel(json, (path) => files[path]!);
}
