/**
 * Whether a changed source still has the right types: one that has not is no mutant, since nobody could commit it.
 * TypeScript's language service keeps the program, so that a change takes a second. Packages are unknown to it, so a
 * few wrong types pass; what survives the tests is asked again of `deno check`.
 */
import { loadTypeScript, type TypeScript as TS } from "../../deps.ts";
import { dirname, resolve } from "node:path";

/** Answers whether a file with another text has no type error that it did not have. */
export type TypeTest = (path: string, text: string) => boolean;

/** Opens the program of the sources of a tree. */
export async function openTypes(folder: string, paths: readonly string[]): Promise<TypeTest> {
  const ts = await loadTypeScript();
  const root = `${folder}/`;
  const library = `${root}deno.d.ts`;
  const { stdout } = await new Deno.Command("deno", { args: ["types"] }).output();
  const texts = new Map([[library, new TextDecoder().decode(stdout)]]);
  const versions = new Map<string, number>();
  const read = (file: string) => texts.get(file) ?? ts.sys.readFile(file);
  const files = [library, ...paths.map((path) => root + path)];
  const settings = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  const options: TS.CompilerOptions = {
    ...settings.compilerOptions,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    noEmit: true,
    types: [],
  };
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => files,
    getScriptVersion: (file) => String(versions.get(file) ?? 0),
    getScriptSnapshot: (file) => {
      const text = read(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (each) => ts.getDefaultLibFilePath(each),
    fileExists: (file) => texts.has(file) || ts.sys.fileExists(file),
    readFile: read,
    resolveModuleNameLiterals: (names, from) =>
      names.map(({ text }) => ({
        resolvedModule: text.startsWith(".")
          ? {
            resolvedFileName: resolve(dirname(from), text),
            extension: text.endsWith(".json") ? ts.Extension.Json : ts.Extension.Ts,
          }
          : undefined,
      })),
  });
  const errors = (file: string): readonly string[] =>
    [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
      ({ code, messageText }) => `${code} ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    ).sort();
  const set = (file: string, text: string | undefined): void => {
    if (text === undefined) texts.delete(file);
    else texts.set(file, text);
    versions.set(file, (versions.get(file) ?? 0) + 1);
  };
  const known = new Map<string, string>();
  return (path, text) => {
    const file = root + path;
    if (!known.has(path)) known.set(path, errors(file).join("\n"));
    set(file, text);
    try {
      return errors(file).join("\n") === known.get(path);
    } finally {
      set(file, undefined);
    }
  };
}
