import assert from "node:assert/strict";
import { DecantError } from "../../../../engine/error.ts";
import { findKernels } from "../../../../engine/tensor/native/find.ts";
import type { KernelChoice } from "../../../../engine/tensor/native/needs.ts";
import { trainedDigest } from "../small_training.ts";
import { ignore } from "./compiled.ts";

Deno.test("who asks for WebAssembly gets it, without a reason", async () => {
  assert.deepEqual(await findKernels("wasm"), { use: "wasm" });
});

Deno.test("a small training has the same weights with kernels of every level that is here", {
  ignore,
}, async () => {
  const expected = await trainedDigest({});
  const { use, because } = await findKernels("auto");
  assert.equal(because, undefined);
  for (const choice of use === "avx512" ? ["avx2", "native"] as const : ["native"] as const) {
    const { library: kernels, ...found } = await findKernels(choice);
    assert.deepEqual(found, { use: choice === "native" ? use : choice });
    assert.equal(kernels!.level, found.use);
    for (const threads of [1, 2]) {
      assert.equal(await trainedDigest({ kernels, threads }), expected, `${choice} ${threads}`);
    }
  }
  assert.equal(await trainedDigest({ threads: 2 }), expected);
});

/** A compiler that makes kernels which do nothing, for a processor of a level. */
const compilerFor = (level: number): string =>
  `#!/bin/sh
[ "$1" = -v ] && { echo 'stub 1' >&2; exit; }
case "$*" in *-shared*) ;; *) exit 0;; esac
if [ -f probe.c ]; then
  echo 'int vectorLevel(void) { return ${level}; } unsigned processorModel(void) { return 7; }'
else
  echo 'const int panelColumns = 16, tileRows = 4;'
  sed -nE 's/^KERNEL\\((\\w+)\\).*/void \\1(void) {}/p' *.c
fi > stub.c
exec cc -shared -fPIC -o library stub.c
`;

/** What comes of a choice where a compiler is such a script; of none, an error's sentence and help. */
async function found(choice: KernelChoice, script?: string): Promise<readonly unknown[]> {
  const root = await Deno.makeTempDir();
  try {
    const compiler = `${root}/cc`;
    if (script !== undefined) await Deno.writeTextFile(compiler, script, { mode: 0o700 });
    const place = { folder: `${root}/native`, compilers: [compiler] };
    const { use, because } = await findKernels(choice, place);
    return [use, because?.replace(root, "")];
  } catch (error) {
    assert.ok(error instanceof DecantError);
    assert.equal(error.code, "usage");
    return [error.message.replace(root, ""), error.help];
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("where no compiler is, WebAssembly computes; native kernels asked for are an error", {
  ignore,
}, async () => {
  assert.deepEqual(await found("auto"), ["wasm", "no C compiler is found (/cc)"]);
  for (const choice of ["native", "avx2", "avx512"] as const) {
    assert.deepEqual(await found(choice), [
      `There are no ${choice} kernels here: no C compiler is found (/cc)`,
      "install one, or compute without them: --kernels wasm",
    ]);
  }
  const broken = `#!/bin/sh\n[ "$1" = -v ] || { echo 'a.c:1:2: error: no' >&2; exit 1; }\n`;
  assert.deepEqual(await found("auto", broken), ["wasm", "`/cc` fails: a.c:1:2: error: no"]);
});

Deno.test("a level that the processor lacks is an error, with the best one it has", {
  ignore,
}, async () => {
  assert.deepEqual(await found("avx512", compilerFor(1)), [
    "There are no avx512 kernels here: this processor has no AVX-512",
    "take --kernels avx2, or compute without them: --kernels wasm",
  ]);
  assert.deepEqual(await found("avx2", compilerFor(0)), [
    "There are no avx2 kernels here: this processor has no AVX2 with FMA",
    "compute without them: --kernels wasm",
  ]);
  assert.deepEqual(await found("auto", compilerFor(0)), [
    "wasm",
    "this processor has no AVX2 with FMA",
  ]);
});

Deno.test("kernels that fail their self-test are not used", { ignore }, async () => {
  const [use, because] = await found("auto", compilerFor(1));
  assert.equal(use, "wasm");
  assert.match(
    because as string,
    /^their self-test found something wrong: dense of 1 × 1 by 1, linear differs and \d+ more$/,
  );
});
