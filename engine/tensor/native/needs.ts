/** What native kernels must be allowed; nobody is asked for it. */
import { CACHE_HOME_VARIABLE, HOME_VARIABLE, isGranted, variable } from "../../permission.ts";

/** Compilers in the order in which they are tried. */
export const COMPILERS: readonly string[] = ["cc", "clang", "gcc"];

/** The folder of libraries, and the variable of the environment that leads to it. */
export interface NativeFolder {
  readonly path: string;
  readonly variable: string;
}

/**
 * A folder of the user alone: libraries run with all that he may do, so they never lie where the files of a project or
 * of a recipe are. A folder of caches in the working directory is passed over for that of his home. Undefined where no
 * home is known.
 */
export function nativeFolder(): NativeFolder | undefined {
  const home = variable(HOME_VARIABLE);
  const inHome = Deno.build.os === "darwin" ? "Library/Caches" : ".cache";
  const usual = home?.startsWith("/") ? `${home}/${inHome}` : undefined;
  // A relative path is none, by the specification of these folders.
  const caches = variable(CACHE_HOME_VARIABLE);
  if (caches?.startsWith("/") && (caches === usual || !isInWorkingDirectory(caches))) {
    return { path: `${caches}/decant-native`, variable: CACHE_HOME_VARIABLE };
  }
  return usual === undefined
    ? undefined
    : { path: `${usual}/decant-native`, variable: HOME_VARIABLE };
}

/** Whether an archive that was unpacked in the working directory could have brought the folder along. */
function isInWorkingDirectory(folder: string): boolean {
  if (!isGranted({ name: "read", path: "." })) return false;
  const here = Deno.cwd();
  // At the root of the file system there is no project.
  return here !== "/" && `${folder}/`.startsWith(`${here}/`);
}

/** Whether there are native kernels for this machine at all. */
export const isNativePlatform = (): boolean =>
  Deno.build.arch === "x86_64" && (Deno.build.os === "linux" || Deno.build.os === "darwin");

/** Those of the compilers that may be run. */
export const granted = (compilers: readonly string[]): readonly string[] =>
  compilers.filter((command) => isGranted({ name: "run", command }));

/** The flags of Deno that are missing; none where native kernels may be used. */
export function missingFlags(folder: string, compilers: readonly string[]): readonly string[] {
  const flags: readonly (readonly [string, boolean])[] = [
    ["--allow-ffi", isGranted({ name: "ffi", path: folder })],
    ["--allow-run", granted(compilers).length > 0],
    ["--allow-read", isGranted({ name: "read", path: folder })],
    ["--allow-write", isGranted({ name: "write", path: folder })],
    ["--allow-sys", isGranted({ name: "sys", kind: "uid" })],
  ];
  return flags.flatMap(([flag, granted]) => granted ? [] : [flag]);
}
