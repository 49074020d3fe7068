/** What Deno lets this process do, looked up: nobody at a terminal is asked for what can be done without. */

import { pathOfUrl } from "./deps/node.ts";

/** Names the folder of the cache. */
export const CACHE_VARIABLE = "DECANT_CACHE";

/** Names the registry of npm packages; `.npmrc` is not read. */
export const REGISTRY_VARIABLE = "NPM_CONFIG_REGISTRY";

/** Names shared stores, with blanks between them. */
export const STORE_VARIABLE = "DECANT_STORE";

/** The URL of a queue. */
export const QUEUE_VARIABLE = "DECANT_QUEUE";

/** Who asks shared stores: a bearer's token, or a name and a password. */
export const STORE_TOKEN_VARIABLE = "DECANT_STORE_TOKEN";
/** See `STORE_TOKEN_VARIABLE`. */
export const STORE_USER_VARIABLE = "DECANT_STORE_USER";
/** See `STORE_TOKEN_VARIABLE`. */
export const STORE_PASSWORD_VARIABLE = "DECANT_STORE_PASSWORD";

/** The hosts that those are for, with blanks between them: no other store is told. */
export const STORE_HOST_VARIABLE = "DECANT_STORE_HOST";

/** The variables that say who asks stores by HTTP. */
export const STORE_SECRETS = [
  STORE_HOST_VARIABLE,
  STORE_TOKEN_VARIABLE,
  STORE_USER_VARIABLE,
  STORE_PASSWORD_VARIABLE,
] as const;

/** The variables of Amazon's own tools: who asks S3, */
export const AWS_SECRETS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
] as const;
/** where it is, the more special first, */
export const AWS_ENDPOINTS = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"] as const;
/** and in which region. */
export const AWS_REGIONS = ["AWS_REGION", "AWS_DEFAULT_REGION"] as const;
/** Which part of a file of credentials is meant. */
export const AWS_PROFILE_VARIABLE = "AWS_PROFILE";

/** The user's folder of caches, and that of all he has: one of them leads to the libraries of native kernels. */
export const CACHE_HOME_VARIABLE = "XDG_CACHE_HOME";
/** See `CACHE_HOME_VARIABLE`. */
export const HOME_VARIABLE = "HOME";

/** The user's folder of configurations. */
export const CONFIG_HOME_VARIABLE = "XDG_CONFIG_HOME";

/** The folders in which a command is looked for. */
export const PATH_VARIABLE = "PATH";

/** Where Deno keeps what it has fetched. */
export const DENO_VARIABLE = "DENO_DIR";

/**
 * The folder that Decant's own modules are read from; undefined where they came by URL. A thread imports them anew, and
 * that takes the permission to read them.
 */
export function ownFolder(): string | undefined {
  const root = new URL("../", import.meta.url);
  return root.protocol === "file:" ? pathOfUrl(root) : undefined;
}

/** Whether it may be done without asking. */
export function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/**
 * One of the variables of the environment that are read, which are these; undefined where it is not set, is empty, or may
 * not be looked at.
 */
export function variable(
  name:
    | typeof CACHE_VARIABLE
    | typeof REGISTRY_VARIABLE
    | typeof STORE_VARIABLE
    | typeof QUEUE_VARIABLE
    | typeof STORE_SECRETS[number]
    | typeof AWS_SECRETS[number]
    | typeof AWS_ENDPOINTS[number]
    | typeof AWS_REGIONS[number]
    | typeof AWS_PROFILE_VARIABLE
    | typeof CACHE_HOME_VARIABLE
    | typeof CONFIG_HOME_VARIABLE
    | typeof HOME_VARIABLE
    | typeof DENO_VARIABLE
    | typeof PATH_VARIABLE,
): string | undefined {
  return isGranted({ name: "env", variable: name }) ? Deno.env.get(name) || undefined : undefined;
}

/** Where a user keeps keys: `decant` in `XDG_CONFIG_HOME`, else in `~/.config`; undefined where neither is known. */
export function configFolder(): string | undefined {
  const home = variable(HOME_VARIABLE);
  const folder = variable(CONFIG_HOME_VARIABLE) ?? (home && `${home}/.config`);
  return folder && `${folder}/decant`;
}
