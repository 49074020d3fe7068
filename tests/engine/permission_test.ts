import assert from "node:assert/strict";
import {
  CACHE_HOME_VARIABLE,
  CACHE_VARIABLE,
  CONFIG_HOME_VARIABLE,
  configFolder,
  HOME_VARIABLE,
  isGranted,
  ownFolder,
  PATH_VARIABLE,
  QUEUE_VARIABLE,
  REGISTRY_VARIABLE,
  STORE_SECRETS,
  STORE_VARIABLE,
  variable,
} from "../../engine/permission.ts";
import { setVariable } from "../variable.ts";

Deno.test("the folder of the modules is the root of the tree", async () => {
  const folder = ownFolder()!;
  assert.ok((await Deno.stat(`${folder}mod.ts`)).isFile);
  assert.ok((await Deno.stat(`${folder}engine/permission.ts`)).isFile);
});

Deno.test("variables are those that users and systems set", () => {
  const variables = [CACHE_VARIABLE, REGISTRY_VARIABLE, CACHE_HOME_VARIABLE];
  assert.deepEqual([...variables, CONFIG_HOME_VARIABLE, HOME_VARIABLE, PATH_VARIABLE], [
    "DECANT_CACHE",
    "NPM_CONFIG_REGISTRY",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "HOME",
    "PATH",
  ]);
  assert.deepEqual([STORE_VARIABLE, QUEUE_VARIABLE, ...STORE_SECRETS], [
    "DECANT_STORE",
    "DECANT_QUEUE",
    "DECANT_STORE_HOST",
    "DECANT_STORE_TOKEN",
    "DECANT_STORE_USER",
    "DECANT_STORE_PASSWORD",
  ]);
});

Deno.test("a variable that is not set, or is empty, says nothing", () => {
  const unset = setVariable(CACHE_VARIABLE, undefined);
  try {
    assert.equal(variable(CACHE_VARIABLE), undefined);
    setVariable(CACHE_VARIABLE, "");
    assert.equal(variable(CACHE_VARIABLE), undefined);
    setVariable(CACHE_VARIABLE, "/somewhere");
    assert.equal(variable(CACHE_VARIABLE), "/somewhere");
  } finally {
    unset();
  }
});

Deno.test({
  name: "what may not be looked at is not asked for",
  permissions: { env: false, read: true },
  fn() {
    assert.equal(isGranted({ name: "env", variable: CACHE_VARIABLE }), false);
    assert.equal(isGranted({ name: "read" }), true);
    assert.equal(variable(CACHE_VARIABLE), undefined);
  },
});

Deno.test("keys lie in the user's folder of configurations", () => {
  const unset = [HOME_VARIABLE, CONFIG_HOME_VARIABLE].map((name) => setVariable(name, undefined));
  try {
    assert.equal(configFolder(), undefined);
    setVariable(HOME_VARIABLE, "/home/anna");
    assert.equal(configFolder(), "/home/anna/.config/decant");
    setVariable(CONFIG_HOME_VARIABLE, "/else");
    assert.equal(configFolder(), "/else/decant");
  } finally {
    for (const each of unset) each();
  }
});
