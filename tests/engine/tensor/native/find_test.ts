import assert from "node:assert/strict";
import { DecantError } from "../../../../engine/error.ts";
import { findKernels } from "../../../../engine/tensor/native/find.ts";
import type { KernelChoice } from "../../../../engine/run_context.ts";
import { trainedDigest } from "../support/small_training.ts";
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

/** A compiler that makes kernels which do nothing, for a processor of a level; beside it stand what it was told. */
const compilerFor = (
  level: number,
  constants = "const int panelColumns = 16, tileRows = 4, byteGroup = 2;",
  dots = 0,
) =>
  `#!/bin/sh
[ "$1" = -v ] && { echo 'stub 1' >&2; exit; }
case "$*" in *-shared*) ;; *) echo "$*" >> "$0.log"; exit 0;; esac
if [ -f probe.c ]; then
  cat > stub.c <<END
#include <stdio.h>
int vectorLevel(void) { return ${level}; }
int dotLevels(void) { return ${dots}; }
unsigned processorModel(void) {
  FILE *file = fopen("$0.model", "r");
  return file ? fgetc(file) : 7;
}
END
else
  echo '${constants}' > stub.c
  sed -nE 's/^KERNEL\\((\\w+)\\).*/void \\1(void) {}/p' *.c >> stub.c
fi
exec cc -shared -fPIC -o library stub.c
`;

/** A place whose compiler is such a script, and what is found there. */
async function placeWith(script?: string) {
  const root = await Deno.makeTempDir();
  const compiler = `${root}/cc`;
  if (script !== undefined) await Deno.writeTextFile(compiler, script, { mode: 0o700 });
  const folder = `${root}/native`;
  return {
    root,
    folder,
    found: (choice: KernelChoice) => found(choice, { folder, compilers: [compiler] }, root),
    records: () =>
      [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`)
        .filter((path) => path.endsWith(".json")),
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** What comes of a choice; of none, an error's sentence and help. */
async function found(
  choice: KernelChoice,
  place: Parameters<typeof findKernels>[1],
  root = "",
): Promise<readonly unknown[]> {
  try {
    const { use, because } = await findKernels(choice, place);
    return [use, because?.replaceAll(root, "")];
  } catch (error) {
    assert.ok(error instanceof DecantError);
    assert.equal(error.code, "usage");
    return [error.message.replaceAll(root, ""), error.help];
  }
}

Deno.test("where no compiler is, WebAssembly computes; native kernels asked for are an error", {
  ignore,
}, async () => {
  await using none = await placeWith();
  assert.deepEqual(await none.found("auto"), ["wasm", "no C compiler is found (/cc)"]);
  for (const choice of ["native", "avx2", "avx512"] as const) {
    assert.deepEqual(await none.found(choice), [
      `There are no ${choice} kernels here: no C compiler is found (/cc)`,
      "install one, or compute without them: --kernels wasm",
    ]);
  }
  const two = { folder: none.folder, compilers: ["/none/cc", "/none/clang"] };
  assert.deepEqual(await found("auto", two), [
    "wasm",
    "no C compiler is found (/none/cc, /none/clang)",
  ]);
  await using broken = await placeWith(
    `#!/bin/sh\n[ "$1" = -v ] || { echo 'a.c:1:2: error: no' >&2; exit 1; }\n`,
  );
  assert.deepEqual(await broken.found("auto"), ["wasm", "`/cc` fails: a.c:1:2: error: no"]);
  assert.deepEqual(await broken.found("native"), [
    "There are no native kernels here: `/cc` fails: a.c:1:2: error: no",
    "compute without them: --kernels wasm",
  ]);
});

Deno.test("a level that the processor lacks is an error, with the best one it has", {
  ignore,
}, async () => {
  await using plain = await placeWith(compilerFor(1));
  assert.deepEqual(await plain.found("avx512"), [
    "There are no avx512 kernels here: this processor has no AVX-512",
    "take --kernels avx2, or compute without them: --kernels wasm",
  ]);
  await using old = await placeWith(compilerFor(0));
  assert.deepEqual(await old.found("avx2"), [
    "There are no avx2 kernels here: this processor has no AVX2 with FMA",
    "compute without them: --kernels wasm",
  ]);
  assert.deepEqual(await old.found("auto"), ["wasm", "this processor has no AVX2 with FMA"]);
});

/** Says that the last test of every library found this. */
async function believe(records: readonly string[], wrong: readonly string[]): Promise<void> {
  for (const path of records) {
    const record = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...record, wrong }));
  }
}

Deno.test("kernels that fail their self-test are not used, as long as its record says so", {
  ignore,
}, async () => {
  await using place = await placeWith(compilerFor(1));
  const [use, because] = await place.found("auto");
  const wrong = "their self-test found something wrong: ";
  assert.equal(use, "wasm");
  assert.equal(
    (because as string).replace(/\d+ more$/, "N more"),
    `${wrong}dense of 1 × 1 by 1, linear differs and N more`,
  );
  await believe(place.records(), ["a", "b"]);
  assert.deepEqual(await place.found("auto"), ["wasm", `${wrong}a and 1 more`]);
  await believe(place.records(), ["a"]);
  assert.deepEqual(await place.found("auto"), ["wasm", `${wrong}a`]);
  await believe(place.records(), []);
  for (const choice of ["auto", "native", "avx2"] as const) {
    assert.deepEqual(await place.found(choice), ["avx2", undefined]);
  }
});

/** What lacks this cannot be loaded. */
const unloadable = "const int panelColumns = 16, byteGroup = 2;";

Deno.test(
  "the best level is compiled for, or the one asked for; another processor's is another library",
  {
    ignore,
  },
  async () => {
    await using place = await placeWith(compilerFor(2, unloadable, 2));
    const compiled = async (choice: KernelChoice) => {
      await Deno.writeTextFile(`${place.root}/cc.log`, "");
      await place.found(choice);
      const told = await Deno.readTextFile(`${place.root}/cc.log`);
      const flags = ["-mavx512f", "-mavx2", "-mavx512vnni", "-mavxvnni"];
      return flags.filter((flag) => told.includes(`${flag} `));
    };
    assert.deepEqual(await compiled("auto"), ["-mavx512f", "-mavx512vnni"]);
    assert.deepEqual(await compiled("avx512"), []);
    assert.deepEqual(await compiled("avx2"), ["-mavx2"]);
    assert.equal(place.records().length, 3);
    await Deno.writeTextFile(`${place.root}/cc.model`, "8");
    assert.deepEqual(await compiled("auto"), ["-mavx512f", "-mavx512vnni"]);
    assert.equal(place.records().length, 4);
    // Whatever a record says, what cannot be loaded is not used.
    await believe(place.records(), []);
    const [use, because] = await place.found("auto");
    assert.equal(use, "wasm");
    assert.match(because as string, /tileRows/);
  },
);

Deno.test("who waits is told before kernels are compiled, and of those that are there nothing", {
  ignore,
}, async () => {
  await using place = await placeWith(compilerFor(1));
  const told: string[] = [];
  const libraries = () =>
    [...Deno.readDirSync(place.folder)].filter(({ name }) => /so$/.test(name)).length;
  for (const choice of ["auto", "auto", "avx2"] as const) {
    await findKernels(choice, {
      ...{ folder: place.folder, compilers: [`${place.root}/cc`] },
      onCompile(level) {
        told.push(level);
        assert.equal(libraries(), 1, "the probe's library alone");
      },
    }).catch(() => {});
  }
  assert.deepEqual(told, ["avx2"]);
});

const anywhere = { folder: "/caches", compilers: ["cc"] };

for (
  const [name, permissions, because] of [
    ["ffi and run", { ffi: false }, "allow --allow-ffi, --allow-run"],
    ["run", { ffi: true }, "allow --allow-run"],
    ["ffi", { run: ["cc"], read: true, write: true, sys: true }, "allow --allow-ffi"],
    ["more", { run: ["cc"], ffi: true, read: true }, "allow --allow-write, --allow-sys"],
  ] as const
) {
  Deno.test({
    name: `where Deno does not allow ${name}, nothing is asked for and WebAssembly computes`,
    permissions: permissions as Deno.PermissionOptions,
    ignore,
    async fn() {
      const help = `add what \`decant plan\` prints for them, or compute without them`;
      assert.deepEqual(await found("auto", anywhere), ["wasm", `Deno does not ${because}`]);
      assert.deepEqual(await found("avx2", anywhere), [
        `There are no avx2 kernels here: Deno does not ${because}`,
        `${help}: --kernels wasm`,
      ]);
    },
  });
}

Deno.test({
  name: "where no home is known, there are no native kernels",
  permissions: { run: ["cc"], ffi: true, read: true, write: true, sys: true },
  ignore,
  async fn() {
    const because = "Deno does not allow to read HOME, or it is not set";
    assert.deepEqual(await found("auto", { compilers: ["cc"] }), ["wasm", because]);
    assert.deepEqual(await found("native", { compilers: ["cc"] }), [
      `There are no native kernels here: ${because}`,
      "add --allow-env, or compute without them: --kernels wasm",
    ]);
  },
});

Deno.test("other machines have no native kernels", async () => {
  const { build } = Deno;
  try {
    Object.assign(Deno, { build: { ...build, arch: "aarch64" } });
    const because = "they are for Linux and macOS on x86-64";
    assert.deepEqual(await found("auto", anywhere), ["wasm", because]);
    assert.deepEqual(await found("native", anywhere), [
      `There are no native kernels here: ${because}`,
      "compute without them: --kernels wasm",
    ]);
  } finally {
    Object.assign(Deno, { build });
  }
});
