import assert from "node:assert/strict";
import {
  COMPILERS,
  granted,
  isNativePlatform,
  missingFlags,
  nativeFolder,
} from "../../../../engine/tensor/native/needs.ts";
import { setVariable } from "../../../variable.ts";

Deno.test("libraries lie in the user's folder of caches, else in his home; a relative one is none", () => {
  const inHome = Deno.build.os === "darwin" ? "Library/Caches" : ".cache";
  const undo = setVariable("HOME", "/home/ada");
  try {
    setVariable("XDG_CACHE_HOME", "/caches");
    assert.deepEqual(nativeFolder(), {
      path: "/caches/decant-native",
      variable: "XDG_CACHE_HOME",
    });
    for (const none of [undefined, "", "caches", "./caches"]) {
      setVariable("XDG_CACHE_HOME", none);
      const path = `/home/ada/${inHome}/decant-native`;
      assert.deepEqual(nativeFolder(), { path, variable: "HOME" });
    }
    setVariable("HOME", "ada");
    assert.equal(nativeFolder(), undefined);
  } finally {
    undo();
  }
});

Deno.test("a folder of caches in the working directory is passed over, unless it is the one of the home", async () => {
  const here = await Deno.makeTempDir();
  const before = Deno.cwd();
  const undo = [setVariable("HOME", "/home/ada"), setVariable("XDG_CACHE_HOME", undefined)];
  const inHome = Deno.build.os === "darwin" ? "Library/Caches" : ".cache";
  try {
    Deno.chdir(here);
    const project = Deno.cwd();
    const pathFor = (caches: string) => {
      setVariable("XDG_CACHE_HOME", caches);
      return nativeFolder()!.path;
    };
    for (const inside of [project, `${project}/`, `${project}/.cache`]) {
      assert.equal(pathFor(inside), `/home/ada/${inHome}/decant-native`);
    }
    assert.equal(pathFor(`${project}-2/caches`), `${project}-2/caches/decant-native`);
    setVariable("HOME", project);
    assert.equal(pathFor(`${project}/${inHome}`), `${project}/${inHome}/decant-native`);
    Deno.chdir("/");
    assert.equal(pathFor("/caches"), "/caches/decant-native");
  } finally {
    Deno.chdir(before);
    for (const back of undo.reverse()) back();
    await Deno.remove(here);
  }
});

Deno.test("nothing is missing where all is allowed, and only there", () => {
  assert.deepEqual(missingFlags("/caches", COMPILERS), []);
  assert.deepEqual(granted(COMPILERS), ["cc", "clang", "gcc"]);
  assert.equal(
    isNativePlatform(),
    Deno.build.arch === "x86_64" && ["linux", "darwin"].includes(Deno.build.os),
  );
});

Deno.test({
  name: "every flag that is missing is named, and the environment is not looked at unasked",
  permissions: { read: ["/elsewhere"], ffi: ["/elsewhere"], run: ["clang"] },
  fn() {
    const flags = ["--allow-ffi", "--allow-read", "--allow-write", "--allow-sys"];
    assert.deepEqual(missingFlags("/caches", COMPILERS), flags);
    assert.deepEqual(granted(COMPILERS), ["clang"]);
    assert.deepEqual(missingFlags("/caches", ["cc"]), [
      "--allow-ffi",
      "--allow-run",
      ...flags.slice(1),
    ]);
    assert.equal(nativeFolder(), undefined);
  },
});

Deno.test({
  name: "of the system the user's number is enough",
  permissions: { sys: ["uid"], run: ["cc"] },
  fn() {
    const missing = ["--allow-ffi", "--allow-read", "--allow-write"];
    assert.deepEqual(missingFlags("/caches", COMPILERS), missing);
  },
});

Deno.test("there are native kernels for Linux and macOS on x86-64, and caches lie where the system has them", () => {
  const { build } = Deno;
  const undo = [setVariable("HOME", "/home/ada"), setVariable("XDG_CACHE_HOME", undefined)];
  const on = (os: string, arch: string) => {
    Object.assign(Deno, { build: { ...build, os, arch } });
    return [isNativePlatform(), nativeFolder()!.path];
  };
  const linux = "/home/ada/.cache/decant-native";
  try {
    assert.deepEqual(on("linux", "x86_64"), [true, linux]);
    assert.deepEqual(on("darwin", "x86_64"), [true, "/home/ada/Library/Caches/decant-native"]);
    assert.deepEqual(on("windows", "x86_64"), [false, linux]);
    assert.deepEqual(on("linux", "aarch64"), [false, linux]);
    assert.deepEqual(on("darwin", "aarch64")[0], false);
  } finally {
    Object.assign(Deno, { build });
    for (const back of undo.reverse()) back();
  }
});
