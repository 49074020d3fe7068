/** Debian's Redis, started for a test on a free port. */
import { fromFileUrl } from "../../../architecture/imports.ts";
import { freePort } from "./free_port.ts";

/** Where Debian has it; absent where it is not installed, and tests that need it are skipped. */
export const redisServer = await Deno.stat("/usr/bin/redis-server")
  .then(() => "/usr/bin/redis-server", () => undefined);

/** A Redis, and how it is stopped and started again; disposing it removes what it kept. */
export interface TestRedis extends AsyncDisposable {
  /** Where it is, */
  readonly url: string;
  readonly port: number;
  /** Kills it; it loses what it had, unless it keeps it. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** How one is started. */
interface RedisOptions {
  /** Further options of it. */
  readonly words?: readonly string[];
  /** It has its jobs again after a restart. */
  readonly keeps?: boolean;
  /** The address of this machine that it listens on; default 127.0.0.1. */
  readonly hostname?: string;
  /** It speaks TLS alone, with the certificate of tests, which is for 127.0.0.1. */
  readonly secure?: boolean;
}

const fixture = (name: string) => fromFileUrl(`tests/fixtures/tls/${name}`).pathname;
const TLS = [
  ...["--tls-cert-file", fixture("server.crt"), "--tls-key-file", fixture("server.key")],
  ...["--tls-ca-cert-file", fixture("authority.crt"), "--tls-auth-clients", "no"],
];

/** Starts one. */
export async function startRedis(
  { words = [], keeps = false, hostname = "127.0.0.1", secure = false }: RedisOptions = {},
): Promise<TestRedis> {
  const dir = await Deno.makeTempDir();
  const port = freePort();
  let child: Deno.ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const kept = keeps ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--save", ""];
    const listens = secure
      ? ["--port", "0", "--tls-port", `${port}`, ...TLS]
      : ["--port", `${port}`];
    child = new Deno.Command(redisServer!, {
      args: [...listens, "--bind", hostname, "--dir", dir, ...kept, ...words],
      stdout: "null",
    }).spawn();
    for (let tries = 0; tries < 200; tries++) {
      const there = await Deno.connect({ hostname, port }).catch(() => undefined);
      if (there !== undefined) return there.close();
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error("Redis did not start");
  };
  const stop = async (): Promise<void> => {
    child?.kill("SIGKILL");
    await child?.status;
    child = undefined;
  };
  await start();
  return {
    url: `${secure ? "rediss" : "redis"}://${hostname}:${port}`,
    port,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await Deno.remove(dir, { recursive: true });
    },
  };
}
