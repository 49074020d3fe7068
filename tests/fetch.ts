/**
 * Brings every package into the package cache, each by the loader that the product calls or the module that loads it.
 * Deno would fetch them while tests run, and those that run the tool with `--cached-only` would fail on an empty cache.
 * `deno task test` begins with it, twice: tests that run the tool from elsewhere have no lock, and ask the registry's
 * documents, which a run with `--no-config` fetches.
 */
import "../engine/deps/ajv.ts";
import { loadAssemblyScript } from "../engine/deps/assemblyscript.ts";
import "../engine/deps/fast_png.ts";
import "../engine/deps/fflate.ts";
import { loadFirstNames } from "../engine/deps/first_names.ts";
import "../engine/deps/flatbuffers.ts";
import "../engine/deps/hf_tokenizers.ts";
import "../engine/deps/hyparquet.ts";
import { loadIris } from "../engine/deps/iris.ts";
import "../engine/deps/jpeg_js.ts";
import { loadWebp } from "../engine/deps/jsquash_webp.ts";
import { loadMnistDigit } from "../engine/deps/mnist.ts";
import "../engine/deps/network/aws4fetch.ts";
import "../engine/deps/onnx_buf.ts";
import "../engine/deps/queue/bullmq.ts";
import { loadLitert } from "../engine/deps/litert.ts";
import { loadOnnxRuntime } from "../engine/deps/onnxruntime_web.ts";
import { loadMails } from "../engine/deps/spam_assassin.ts";
import { loadTfCpu } from "../engine/deps/tfjs_backend_cpu.ts";
import { loadTfWasm } from "../engine/deps/tfjs_backend_wasm.ts";
import { loadTf } from "../engine/deps/tfjs_core.ts";
import { loadTfLayers } from "../engine/deps/tfjs_layers.ts";
import { loadTflite } from "../engine/deps/tflite_web.ts";
import "../engine/deps/typebox_type.ts";
import "../engine/deps/typebox_value.ts";
import "../engine/deps/yaml.ts";
import { STOCK_TFJS } from "./ops/formats/stock_predict.ts";

await loadAssemblyScript();
await loadFirstNames("female");
await loadFirstNames("male");
await loadIris();
await loadMnistDigit(0);
await loadLitert();
await loadOnnxRuntime();
await loadMails();
await loadTfWasm(await loadTf());
await loadTfCpu();
await loadTfLayers();
await loadTflite();
await loadWebp();
// What people install to run a tfjs export, in a program of its own.
await import(STOCK_TFJS);
