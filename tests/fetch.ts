/**
 * Brings every package that is behind a computed specifier into the package cache, each by the loader that the product
 * calls. Deno fetches the rest with the graph of the tests; these it would fetch while tests run, and those that run
 * the tool with `--cached-only` would fail on an empty cache. `deno task test` begins with it.
 */
import { loadAssemblyScript } from "../engine/deps/assemblyscript.ts";
import { loadFirstNames } from "../engine/deps/first_names.ts";
import { loadIris } from "../engine/deps/iris.ts";
import { loadMnistDigit } from "../engine/deps/mnist.ts";
import { loadOnnxRuntime } from "../engine/deps/onnxruntime_web.ts";
import { loadMails } from "../engine/deps/spam_assassin.ts";
import { loadTfCpu } from "../engine/deps/tfjs_backend_cpu.ts";
import { loadTf } from "../engine/deps/tfjs_core.ts";
import { loadTfLayers } from "../engine/deps/tfjs_layers.ts";
// What the command line loads statically: its graph is what `--cached-only` needs.
import "../mod.ts";

await loadAssemblyScript();
await loadFirstNames("female");
await loadFirstNames("male");
await loadIris();
await loadMnistDigit(0);
await loadOnnxRuntime();
await loadMails();
await loadTf();
await loadTfCpu();
await loadTfLayers();
