/** What Deno lets this process do, looked up: nobody at a terminal is asked for what can be done without. */

import { fileURLToPath } from "node:url";

/** Names the folder of the cache. */
export const CACHE_VARIABLE = "DECANT_CACHE";

/** Names the registry of npm packages; `.npmrc` is not read. */
export const REGISTRY_VARIABLE = "NPM_CONFIG_REGISTRY";

/**
 * The folder that Decant's own modules are read from; undefined where they came by URL. A thread imports them anew, and
 * that takes the permission to read them.
 */
export function ownFolder(): string | undefined {
  const root = new URL("../", import.meta.url);
  return root.protocol === "file:" ? fileURLToPath(root) : undefined;
}

/** Whether it may be done without asking. */
export function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/**
 * One of the variables of the environment that are read, which are these two; undefined where it is not set, is empty, or
 * may not be looked at.
 */
export function variable(
  name: typeof CACHE_VARIABLE | typeof REGISTRY_VARIABLE,
): string | undefined {
  return isGranted({ name: "env", variable: name }) ? Deno.env.get(name) || undefined : undefined;
}
