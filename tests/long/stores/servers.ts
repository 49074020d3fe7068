/** Servers of others that tests start on this machine: each on a free port, with a name and a password, and TLS. */
import { createHash } from "node:crypto";
import { fromFileUrl } from "../../architecture/imports.ts";
import { freePort } from "../../engine/run/queue/free_port.ts";

/** Who may ask. A password of MinIO's has at least eight characters. */
export const USER = "anna";
export const PASSWORD = "a-secret-of-the-store";

/** What a server needs, and how it is asked. */
interface Place {
  /** A folder of its own. */
  readonly folder: string;
  readonly port: number;
  /** Its certificate and the key of that one, files; absent: no TLS. */
  readonly tls: Certificate | undefined;
}

interface Certificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** How a server is started. */
export interface Started {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A running server; disposing it kills it and removes what it kept. */
export interface Server extends AsyncDisposable {
  /** `http://` or `https://`, host and port. */
  readonly origin: string;
  /** The file of the authority that its certificate is by, if it has one. */
  readonly authority?: string;
}

/** Starts a server, and waits until it takes connections. */
export async function serverOf(
  { secure, start }: {
    readonly secure: boolean;
    readonly start: (place: Place) => Promise<Started>;
  },
): Promise<Server> {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  const tls = secure ? await certificateIn(folder) : undefined;
  const { command, args, env = {} } = await start({ folder, port, tls });
  const child = new Deno.Command(command, {
    args: [...args],
    env,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) log += text;
  })();
  const remove = async (): Promise<void> => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await Promise.all([child.status, reading]);
    await Deno.remove(folder, { recursive: true });
  };
  for (let tries = 0;; tries++) {
    const there = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
    there?.close();
    if (there !== undefined) break;
    if (tries === 2400) {
      await remove();
      throw new Error(`${command} did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    origin: `${secure ? "https" : "http"}://127.0.0.1:${port}`,
    ...tls && { authority: tls.authority },
    [Symbol.asyncDispose]: remove,
  };
}

/** The certificate of tests, in files that MinIO finds by their names. */
async function certificateIn(folder: string): Promise<Certificate> {
  const fixture = (name: string) => fromFileUrl(`tests/fixtures/tls/${name}`).pathname;
  const certs = `${folder}/certs`;
  const [certificate, key] = [`${certs}/public.crt`, `${certs}/private.key`];
  await Deno.mkdir(certs);
  await Deno.copyFile(fixture("server.crt"), certificate);
  await Deno.copyFile(fixture("server.key"), key);
  return { authority: fixture("authority.crt"), certificate, key };
}

/** A file of names and passwords as Apache's `htpasswd -s` writes it. */
async function passwordsIn(folder: string): Promise<string> {
  const path = `${folder}/htpasswd`;
  const digest = createHash("sha1").update(PASSWORD).digest("base64");
  await Deno.writeTextFile(path, `${USER}:{SHA}${digest}\n`);
  return path;
}

/** nginx with its DAV module, which asks for a name and a password. */
export const nginx = async ({ folder, port, tls }: Place): Promise<Started> => {
  const ssl = tls && `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};`;
  await Deno.chmod(folder, 0o777);
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `daemon off; master_process off; pid ${folder}/pid;
events {}
http {
  access_log off; client_body_temp_path ${folder}/body; client_max_body_size 0;
  proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server {
    listen 127.0.0.1:${port}${tls ? " ssl" : ""}; ${ssl ?? ""} root ${folder}/kept;
    auth_basic cache; auth_basic_user_file ${await passwordsIn(folder)};
    location / { dav_methods PUT; create_full_put_path on; }
  }
}`,
  );
  const config = `${folder}/nginx.conf`;
  return {
    command: "/usr/sbin/nginx",
    args: ["-p", folder, "-e", `${folder}/log`, "-c", config],
  };
};

/** The server beside this file, at a path. */
export const cacheServer = (command: string) => ({ port, tls }: Place): Promise<Started> =>
  Promise.resolve({
    command,
    args: [],
    env: {
      ...{ ADDRESS: `127.0.0.1:${port}`, USER, PASSWORD },
      ...tls && { CERTIFICATE: tls.certificate, KEY: tls.key },
    },
  });

/** bazel-remote at a path, with its checks of `/ac/`. */
export const bazelRemote =
  (command: string) => async ({ folder, port, tls }: Place): Promise<Started> => ({
    command,
    args: [
      ...["--dir", `${folder}/kept`, "--max_size", "1"],
      ...["--http_address", `127.0.0.1:${port}`, "--grpc_address", "none"],
      ...["--htpasswd_file", await passwordsIn(folder)],
      ...tls ? ["--tls_cert_file", tls.certificate, "--tls_key_file", tls.key] : [],
    ],
  });

/** MinIO at a path, whose root user is `USER`. */
export const minio = (command: string) => ({ folder, port, tls }: Place): Promise<Started> =>
  Promise.resolve({
    command,
    args: [
      ...["server", `${folder}/kept`, "--quiet", "--address", `127.0.0.1:${port}`],
      ...["--certs-dir", tls ? `${folder}/certs` : `${folder}/none`],
    ],
    env: {
      MINIO_ROOT_USER: USER,
      MINIO_ROOT_PASSWORD: PASSWORD,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
      HOME: folder,
    },
  });
