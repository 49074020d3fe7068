import assert from "node:assert/strict";
import { cpus } from "node:os";
import { canonicalBytes, digestOf } from "../../../engine/digest.ts";
import { environment, fingerprint, kernelsText } from "../../../engine/run/host.ts";
import { NUMERICS } from "../../../engine/graph/key.ts";
import { nowhere } from "./support/fake.ts";

Deno.test("the machine is named, with what runs on it", async () => {
  const { host, processor, ...rest } = await environment(3);
  assert.equal(host, Deno.hostname());
  assert.equal(processor, `${cpus().length} × ${cpus()[0]!.model}`);
  assert.deepEqual(rest, {
    system: `${Deno.build.os} ${Deno.build.arch}`,
    threads: 3,
    kernels: "wasm",
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    numerics: NUMERICS,
  });
});

Deno.test("the processor is the same where its files cannot be read, and where they say too little", async () => {
  const { readTextFile } = Deno;
  const { processor } = await environment(1);
  try {
    for (const [name, text] of [["cpuinfo", ""], ["stat", "cpu  1 2 3\n"], ["stat", undefined]]) {
      Deno.readTextFile = (path) => {
        if (path !== `/proc/${name}`) return readTextFile(path);
        return text === undefined ? Promise.reject(new Error("no")) : Promise.resolve(text);
      };
      assert.equal((await environment(1)).processor, processor);
    }
  } finally {
    Deno.readTextFile = readTextFile;
  }
});

Deno.test("the processor is what its files say, where they may be read", async () => {
  const { readTextFile } = Deno;
  const texts: Readonly<Record<string, string>> = {
    "/proc/cpuinfo": "processor\t: 0\nmodel name\t: Some Processor @ 2.00GHz\n",
    "/proc/stat": "cpu  3 3 3\ncpu0 1 1 1\ncpu1 1 1 1\ncpu2 1 1 1\nctxt 5\n",
  };
  Deno.readTextFile = (path) => Promise.resolve(texts[String(path)]!);
  try {
    assert.equal((await environment(1)).processor, "3 × Some Processor @ 2.00GHz");
  } finally {
    Deno.readTextFile = readTextFile;
  }
});

Deno.test({
  name: "what may not be looked at is unknown",
  permissions: { sys: false, read: true },
  async fn() {
    const { host, processor } = await environment(1);
    assert.deepEqual([host, processor], ["unknown", "unknown"]);
  },
});

for (const read of [["/proc/cpuinfo"], ["/proc/stat"], false] as const) {
  Deno.test({
    name: `files of the system that may not be read are not asked for: of them ${
      read || "none"
    } may`,
    permissions: { sys: true, read: read === false ? false : [...read] },
    async fn() {
      const { readTextFile } = Deno;
      const tried: unknown[] = [];
      Deno.readTextFile = (path) => {
        tried.push(path);
        return readTextFile(path);
      };
      try {
        const { processor } = await environment(1);
        assert.equal(processor, `${cpus().length} × ${cpus()[0]!.model}`);
        assert.deepEqual(tried, []);
      } finally {
        Deno.readTextFile = readTextFile;
      }
    },
  });
}

for (const kind of ["hostname", "cpus"] as const) {
  Deno.test({
    name: `of the machine ${kind} may be looked at alone`,
    permissions: { sys: [kind], read: true },
    async fn() {
      const { host, processor } = await environment(1);
      assert.deepEqual([host === "unknown", processor === "unknown"], [
        kind !== "hostname",
        kind !== "cpus",
      ]);
    },
  });
}

Deno.test("times are comparable where host, processor, threads and programs are the same", () => {
  assert.match(fingerprint(nowhere), /^[0-9a-f]{64}$/);
  assert.equal(fingerprint({ ...nowhere }), fingerprint(nowhere));
  const prints = Object.keys(nowhere).map((name) => fingerprint({ ...nowhere, [name]: "other" }));
  assert.equal(new Set([fingerprint(nowhere), ...prints]).size, 1 + prints.length);
});

Deno.test("native kernels make times of their own, why there are none makes no other", async () => {
  const native = await environment(1, { use: "avx2" });
  const plain = await environment(1, { use: "wasm", because: "it is so" });
  assert.deepEqual([native.kernels, native.notNative], ["avx2", undefined]);
  assert.deepEqual([plain.kernels, plain.notNative], ["wasm", "it is so"]);
  assert.equal(fingerprint(plain), fingerprint(await environment(1)));
  const { kernels: _, ...before } = await environment(1);
  assert.equal(fingerprint(plain), digestOf(canonicalBytes({ ...before })));
  assert.notEqual(fingerprint(native), fingerprint(plain));
  assert.deepEqual([native, plain].map(kernelsText), [
    "native kernels (avx2)",
    "WebAssembly kernels, since it is so",
  ]);
  assert.equal(kernelsText(await environment(1)), "WebAssembly kernels");
});

Deno.test("a machine that fails to say its name is unknown", async () => {
  const { hostname } = Deno;
  Deno.hostname = () => {
    throw new Error("no");
  };
  try {
    assert.equal((await environment(1)).host, "unknown");
  } finally {
    Deno.hostname = hostname;
  }
});
