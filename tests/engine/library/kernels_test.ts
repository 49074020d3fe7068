import assert from "node:assert/strict";
import { setVariable } from "../../variable.ts";
import { ignore } from "../tensor/native/compiled.ts";
import { KERNEL_CHOICES, kernelsHere } from "../../../engine/library/kernels.ts";

Deno.test("a user may choose native kernels by their vectors, any, none, or what there is", () => {
  assert.deepEqual([...KERNEL_CHOICES].sort(), ["auto", "avx2", "avx512", "native", "wasm"]);
});

Deno.test({
  name: "who chooses nothing gets what there is; native kernels asked for are there or an error",
  permissions: "none",
  async fn() {
    const { use, because } = await kernelsHere();
    assert.equal(use, "wasm");
    assert.ok(because);
    assert.deepEqual(await kernelsHere("auto"), { use, because });
    assert.deepEqual(await kernelsHere("wasm"), { use });
    await assert.rejects(kernelsHere("native"), {
      message: `There are no native kernels here: ${because}`,
    });
  },
});

/** Compiles what asks the processor, and fails at kernels. */
const COMPILER = `#!/bin/sh
[ "$1" = -v ] || [ -f probe.c ] || exit 1
exec cc "$@"
`;

Deno.test("before kernels are compiled it is said; who asks for none hears nothing", {
  ignore,
}, async () => {
  const { Command } = Deno;
  const folder = await Deno.makeTempDir();
  const undo = setVariable("XDG_CACHE_HOME", folder);
  try {
    await Deno.writeTextFile(`${folder}/cc`, COMPILER, { mode: 0o700 });
    Deno.Command = class extends Command {
      constructor(command: string | URL, options?: Deno.CommandOptions) {
        super(command === "cc" ? `${folder}/cc` : command, options);
      }
    };
    const said: string[] = [];
    const notice = (sentence: string) => void said.push(sentence);
    await kernelsHere("wasm", notice);
    assert.deepEqual(said, []);
    const { because } = await kernelsHere("auto", notice);
    assert.equal(because, "`cc` fails: without a word");
    assert.match(
      said.join("|"),
      /^native kernels for avx(?:2|512) are compiled and tested: once for this machine, in seconds$/,
    );
  } finally {
    Deno.Command = Command;
    undo();
    await Deno.remove(folder, { recursive: true });
  }
});
