/** Workers and runs in processes of their own, to be killed. */
import { fromFileUrl } from "../architecture/imports.ts";

/** A process, and the lines that it has written. */
export interface Killable extends AsyncDisposable {
  readonly lines: readonly string[];
  readonly status: Promise<Deno.CommandStatus>;
  kill(signal?: Deno.Signal): Promise<void>;
  /** Resolves when a line is like that. */
  said(line: RegExp): Promise<void>;
}

/** Where a process runs. */
interface StartOptions {
  readonly cwd: string;
  /** The folder of configurations in which its keys are. */
  readonly config: string;
  /** A command that becomes the program behind its words, to run it elsewhere; default none. */
  readonly by?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a module of the repository in a process. */
export function started(
  module: string,
  words: readonly string[],
  { cwd, config, by = [], env }: StartOptions,
): Killable {
  const path = fromFileUrl(module).pathname;
  const program = [Deno.execPath(), "run", "-A", "--no-check", "--cached-only", path, ...words];
  const [command, ...args] = [...by, ...program] as [string, ...string[]];
  const child = new Deno.Command(command, {
    args,
    cwd,
    env: { XDG_CONFIG_HOME: config, NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const [last, ...whole] = `${rest}${text}`.split("\n").reverse();
      rest = last!;
      lines.push(...whole.reverse());
      for (const each of listeners) each();
    }
  };
  const streams = [read(child.stdout), read(child.stderr)];
  const status = Promise.all([child.status, ...streams]).then(([ended]) => ended);
  const kill = async (signal: Deno.Signal = "SIGKILL"): Promise<void> => {
    try {
      child.kill(signal);
    } catch {
      // It has ended by itself.
    }
    await status;
  };
  return {
    lines,
    status,
    kill,
    async said(line) {
      const found = Promise.withResolvers<void>();
      const look = () => lines.some((each) => line.test(each)) && found.resolve();
      listeners.add(look);
      look();
      const ended = status.then(() => {
        throw new Error(`it ended without having said ${line}:\n${lines.join("\n")}`);
      });
      ended.catch(() => {});
      await Promise.race([found.promise, ended]).finally(() => listeners.delete(look));
    },
    [Symbol.asyncDispose]: kill,
  };
}
