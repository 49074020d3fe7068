/** Options that several commands share, and how their values are read. */
import { given } from "../given.ts";
import { DecantError } from "../error.ts";
import { trustedHost } from "../graph/sources/hosts.ts";
import { KERNEL_CHOICES, type KernelChoice } from "../library/kernels.ts";
import { bytesOf } from "../size.ts";
import type { SharedOptions } from "../store/shared/address.ts";
import { type Invocation, type Option } from "./command.ts";
import { sharedOptions } from "./shared/store_options.ts";

/** `--json`. */
export const json: Option = {
  description: "One JSON document on standard output and nothing else",
};

/** `--set`. */
export const set: Option = {
  value: "NAME=VALUE",
  many: true,
  description: "Sets a variable or a field of the recipe: prune.ratio=0.7",
};

/** `--cache`. */
export const cache: Option = {
  value: "DIR",
  description: "Folder of the cache; default DECANT_CACHE, else .decant",
};

/** `--threads`. */
export const threads: Option = {
  value: "N",
  description: "Threads of the kernels; changes no result; default one for each processor",
};

/** `--kernels`. */
export const kernels: Option = {
  value: "KIND",
  description:
    "auto (default), native, avx2, avx512 or wasm; changes no result; native ones need " +
    "--allow-run and --allow-ffi, which end the sandbox",
};

/** `--jobs`. */
export const jobs: Option = {
  value: "N",
  description: "Steps that run side by side, each in a thread; changes no result; default 1",
};

/** `--memory`. */
export const memory: Option = {
  value: "SIZE",
  description: "Most memory for what is read and made of it; changes no result; default 4GiB",
};

/** `--offline`. */
export const offline: Option = {
  description: "Fetches nothing; sources by URL must be pinned, locked, or fetched before",
};

/** Where nothing is run, no budget is held: a recipe that asks for more than this machine has can be looked at. */
export const UNLIMITED = { memory: Infinity } as const;

/** `--quiet`. */
export const quiet: Option = {
  description: "Shows no progress; warnings, errors and results are still printed",
};

/** `--trust-host`. */
export const trustHost: Option = {
  value: "HOST",
  many: true,
  description:
    "Lets documents from elsewhere name this host, wherever it leads; HOST:PORT for one port",
};

/** The values of options as a recipe's methods take them. */
export function recipeOptions(
  { options }: Pick<Invocation, "options">,
): {
  readonly cache?: string;
  readonly threads?: number;
  readonly kernels?: KernelChoice;
  readonly jobs?: number;
  readonly memory?: number;
  readonly offline?: true;
  readonly trustHosts?: readonly string[];
  readonly shared?: SharedOptions;
} {
  const cache = options.cache?.[0];
  const threads = options.threads?.[0];
  const kernels = options.kernels?.[0];
  const jobs = options.jobs?.[0];
  const size = options.memory?.[0];
  const hosts = options["trust-host"];
  return {
    ...given({
      memory: size === undefined ? undefined : byteCount("memory", size),
      cache,
      offline: options.offline === undefined ? undefined : true,
      trustHosts: hosts?.map(hostNamed),
      shared: sharedOptions(options),
      threads: threads === undefined ? undefined : countOf("threads", threads),
      kernels: kernels === undefined ? undefined : kernelsNamed(kernels),
      jobs: jobs === undefined ? undefined : countOf("jobs", jobs),
    }),
  };
}

function kernelsNamed(text: string): KernelChoice {
  const found = KERNEL_CHOICES.find((each) => each === text);
  if (found !== undefined) return found;
  throw new DecantError(
    "usage",
    `--kernels is one of ${KERNEL_CHOICES.join(", ")}; this is "${text}"`,
    "--kernels auto",
  );
}

function hostNamed(text: string): string {
  try {
    return trustedHost(text);
  } catch {
    throw new DecantError(
      "usage",
      `--trust-host needs a host; this is "${text}"`,
      "--trust-host example.org",
    );
  }
}

/** The bytes that an option's value says. Throws a `usage` error for what is no size. */
export function byteCount(option: string, text: string): number {
  const bytes = bytesOf(text);
  if (bytes !== undefined) return bytes;
  throw new DecantError("usage", `--${option} needs a size; this is "${text}"`, `--${option} 2GB`);
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1024) return count;
  throw new DecantError(
    "usage",
    `--${option} needs a number from 1 to 1024; this is "${text}"`,
    `--${option} 2`,
  );
}
