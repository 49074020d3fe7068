/** Debian's nginx with its DAV module, started for a test on a free port as a shared store. */
import { freePort } from "../../run/queue/free_port.ts";

/** Where Debian has it; absent where it is not installed, and tests that need it are skipped. */
export const nginx = await Deno.stat("/usr/sbin/nginx").then(
  () => "/usr/sbin/nginx",
  () => undefined,
);

/** Starts one with nothing in it; disposing it removes what it kept. */
export async function startNginx(): Promise<AsyncDisposable & { readonly address: string }> {
  const root = await Deno.makeTempDir();
  const port = freePort();
  const address = `http://127.0.0.1:${port}`;
  await Deno.chmod(root, 0o777);
  await Deno.writeTextFile(
    `${root}/nginx.conf`,
    `daemon off; master_process off; pid ${root}/pid; error_log ${root}/log;
events {}
http {
  access_log off; client_body_temp_path ${root}/body; client_max_body_size 0;
  proxy_temp_path ${root}/p; fastcgi_temp_path ${root}/f; uwsgi_temp_path ${root}/u; scgi_temp_path ${root}/s;
  server {
    listen 127.0.0.1:${port}; root ${root}/kept;
    location / { dav_methods PUT; create_full_put_path on; }
  }
}`,
  );
  const child = new Deno.Command(nginx!, {
    args: ["-p", root, "-e", `${root}/log`, "-c", `${root}/nginx.conf`],
  }).spawn();
  const stop = async () => {
    child.kill();
    await child.status;
    await Deno.remove(root, { recursive: true });
  };
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(address).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer !== undefined) return { address, [Symbol.asyncDispose]: stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error("nginx did not start");
}
