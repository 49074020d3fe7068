/**
 * Which hosts may be asked: a name or address that leads into this machine or its network is refused before anything is
 * sent. What a name leads to is asked of the hosts file and the name server, where Deno may.
 */
import { isIP } from "node:net";
import { isGranted } from "../../permission.ts";
import { isLocalHost, type Reach, trustedHost } from "./hosts.ts";
import { TrustError } from "./source_error.ts";

/** Throws a TrustError where a URL may not be asked. The signal ends the search for what its host leads to. */
export async function assertReachable(
  url: URL,
  { local, trustHosts = [], hosts = [] }: Reach,
  signal: AbortSignal,
): Promise<void> {
  const refuse = (why: string, help: string) =>
    new TrustError(url.href, `\`${url.href}\` ${why}`, help);
  if (url.username !== "" || url.password !== "") {
    throw refuse("holds a name or password", "a recipe is no place for secrets");
  }
  const trusted = isTrusted(url, trustHosts);
  if (isLocalHost(url)) {
    if (local || trusted) return;
    throw refuse("is on this machine", "a document from elsewhere may not reach it");
  }
  if (url.protocol !== "https:") throw refuse("is not https", "name it with https:");
  if (trusted) return;
  const near = local || hosts.includes(url.host);
  const trust = `--trust-host ${url.host} if you know it`;
  if (!near && url.port !== "") {
    throw refuse(`asks port ${url.port}, and a document from elsewhere names it`, trust);
  }
  const { addresses, whole } = await resolved(url.hostname, signal);
  if (addresses.some(isSpecial)) {
    throw refuse("is a private address", "a recipe may name public hosts");
  }
  if (whole || near) return;
  const servers = nameServers().join(",");
  throw refuse(
    "is named by a document from elsewhere, and where it leads cannot be told",
    servers === "" ? trust : `--allow-net=${servers} lets the name server be asked; or ${trust}`,
  );
}

/** Where the system looks for names first. */
const HOSTS_FILE = Deno.build.os === "windows"
  ? "C:\\Windows\\System32\\drivers\\etc\\hosts"
  : "/etc/hosts";

/** Where the system says whom to ask for names. */
const RESOLVER_FILE = "/etc/resolv.conf";

/**
 * What is not public (IANA's registries of special-purpose addresses, multicast and what is reserved). An address that
 * holds another, of IPv4, is refused whatever it holds, but for 6to4, which is treated as that one is.
 */
const SPECIAL = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // The unspecified address, loopback, and addresses of IPv4 in the old form.
  "::/96",
  "::ffff:0:0/96",
  "::ffff:0:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  // Teredo, benchmarks, ORCHID.
  "2001::/23",
  "2001:db8::/32",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
].map((range) => {
  const [address = "", length] = range.split("/");
  return { bits: bitsOf(address)!, length: Number(length) };
});

/** Whether an address is not one of a public host. What is no address is none. */
export function isSpecial(address: string): boolean {
  const bits = bitsOf(address);
  if (bits === undefined) return false;
  if (bits.startsWith(SIX_TO_FOUR) && bits.length === 128) {
    return isSpecialBits(bits.slice(16, 48));
  }
  return isSpecialBits(bits);
}

const SIX_TO_FOUR = (0x2002).toString(2).padStart(16, "0");

function isSpecialBits(bits: string): boolean {
  return SPECIAL.some((range) =>
    range.bits.length === bits.length && bits.startsWith(range.bits.slice(0, range.length))
  );
}

/** An address as zeros and ones: 32 or 128 of them. */
function bitsOf(address: string): string | undefined {
  const plain = address.replace(/%.*$/, "");
  const version = isIP(plain);
  if (version === 0) return undefined;
  const bits = (number: number, count: number) => number.toString(2).padStart(count, "0");
  if (version === 4) return plain.split(".").map((part) => bits(Number(part), 8)).join("");
  // The URL parser writes the last 32 bits as numbers too.
  const [head = "", tail] = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].map((group) => bits(parseInt(group, 16), 16)).join("");
}

/** What a name leads to. */
interface ResolvedHost {
  readonly addresses: readonly string[];
  /** False where somebody who knows more could not be asked. */
  readonly whole: boolean;
}

/** What a host leads to, as far as Deno may look and until the signal says that it takes too long. */
async function resolved(host: string, signal: AbortSignal): Promise<ResolvedHost> {
  const bare = host.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0) return { addresses: [bare], whole: true };
  const answers = await Promise.allSettled(
    (["A", "AAAA"] as const).map((type) => Deno.resolveDns(host, type, { signal })),
  );
  const near = namedHere(host);
  const far = answers.flatMap((each) => each.status === "fulfilled" ? each.value : []);
  const asked = answers.every((each) =>
    each.status === "fulfilled" || each.reason instanceof Deno.errors.NotFound
  );
  return { addresses: [...near, ...far], whole: near.length > 0 || (asked && far.length > 0) };
}

/** The addresses that the hosts file gives a name. */
function namedHere(host: string): string[] {
  const name = host.toLowerCase().replace(/\.$/, "");
  return linesOf(HOSTS_FILE)
    .map((line) => line.toLowerCase().split(/\s+/))
    .flatMap(([address = "", ...names]) => names.includes(name) ? [address] : []);
}

/** What is read and whom is asked, as Deno's flags take them, to learn where a name leads; as far as it is known. */
export function askedForNames(): { readonly files: string[]; readonly servers: string[] } {
  return { files: linesOf(HOSTS_FILE).length > 0 ? [HOSTS_FILE] : [], servers: nameServers() };
}

/** Whether a host, perhaps with a port, is a name that is asked for: no address, not this machine. */
export function isNamed(host: string): boolean {
  const url = new URL(`https://${host}`);
  return isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0 && !isLocalHost(url);
}

function nameServers(): string[] {
  return linesOf(RESOLVER_FILE).flatMap((line) => {
    const address = /^nameserver\s+(\S+)/.exec(line)?.[1] ?? "";
    const version = isIP(address);
    return version === 0 ? [] : [version === 4 ? `${address}:53` : `[${address}]:53`];
  });
}

/** The lines of a file of the system without comments; none where it may not be read. Asks nobody for permission. */
function linesOf(path: string): string[] {
  if (!isGranted({ name: "read", path })) return [];
  try {
    return Deno.readTextFileSync(path).split("\n").map((line) => line.replace(/[#;].*/, "").trim());
  } catch {
    return [];
  }
}

/** Whether a URL's host, at its port, is among the trusted. */
function isTrusted(url: URL, trusted: readonly string[]): boolean {
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  const hosts = trusted.map(trustedHost);
  return hosts.includes(url.hostname) || hosts.includes(`${url.hostname}:${port}`);
}
