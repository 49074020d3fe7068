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

/** Starts a module of the repository in a process, with keys in that folder of configurations. */
export function started(
  module: string,
  words: readonly string[],
  { cwd, config }: { readonly cwd: string; readonly config: string },
): Killable {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", fromFileUrl(module).pathname, ...words],
    cwd,
    env: { XDG_CONFIG_HOME: config, NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const heard = new Set<() => void>();
  const hear = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const [last, ...whole] = `${rest}${text}`.split("\n").reverse();
      rest = last!;
      lines.push(...whole.reverse());
      for (const each of heard) each();
    }
  };
  const streams = [hear(child.stdout), hear(child.stderr)];
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
      heard.add(look);
      look();
      const ended = status.then(() => {
        throw new Error(`it ended without having said ${line}:\n${lines.join("\n")}`);
      });
      ended.catch(() => {});
      await Promise.race([found.promise, ended]).finally(() => heard.delete(look));
    },
    [Symbol.asyncDispose]: kill,
  };
}
