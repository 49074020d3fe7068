/** What `tests/fixtures/tfjs/write.py` had tensorflowjs_converter write, and TensorFlow answer. */
import { gunzipSync } from "node:zlib";

const fixture = new URL("../../../../fixtures/tfjs/graph_models.json.gz", import.meta.url);

/** Graph-models by name: their `model.json`, the bytes of their one shard as base64, two samples and the answers to them. */
export const converted: Readonly<
  Record<string, {
    readonly json: { readonly weightsManifest: readonly { readonly paths: readonly string[] }[] };
    readonly weights: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
  }>
> = JSON.parse(new TextDecoder().decode(gunzipSync(Deno.readFileSync(fixture))));
