/**
 * A program of its own: loads a layers-model with the tfjs that people install and prints, as its last line, the
 * answers for samples on standard input: `{ folder, x, shape }` → `{ parameters, answers }`.
 */
/** Not for the module graph of whoever imports this: it is fetched where it is used. */
export const STOCK_TFJS = "npm:@tensorflow/tfjs@4.22.0";

interface Task {
  readonly folder: string;
  readonly x: readonly number[];
  readonly shape: readonly number[];
}

if (import.meta.main) {
  const tf = await import(STOCK_TFJS);
  const { folder, x, shape }: Task = JSON.parse(await new Response(Deno.stdin.readable).text());
  const json = JSON.parse(await Deno.readTextFile(`${folder}/model.json`));
  const [group] = json.weightsManifest;
  const shards = await Promise.all(
    group.paths.map((path: string) => Deno.readFile(`${folder}/${path}`)),
  );
  const weightData = await new Blob(shards).arrayBuffer();
  const { modelTopology } = json;
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: group.weights, weightData }),
  );
  const answers = [...model.predict(tf.tensor(x, shape)).dataSync()];
  const line = JSON.stringify({ parameters: model.countParams(), answers });
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}
