/** Makes a library in a folder as another process: `kernels_driver.ts FOLDER`, with `stuck` it never comes to an end. */
import { storedLibrary } from "../../engine/tensor/native/stored_library.ts";

const [folder, how] = Deno.args;
const { path } = await storedLibrary(folder!, "name", {
  async make(into) {
    await Deno.writeTextFile(`${into}/library`, "half");
    await Deno.stdout.write(new TextEncoder().encode("made\n"));
    if (how === "stuck") await new Promise(() => setInterval(() => {}, 1e6));
    await Deno.writeTextFile(`${into}/library`, "whole");
    return `${into}/library`;
  },
  test: () => Promise.resolve([]),
});
await Deno.stdout.write(new TextEncoder().encode(await Deno.readTextFile(path)));
