/** Words about hosts that need no network: what is a URL of the web, what is this machine, whom a person trusts. */
import { quoted } from "../../quote.ts";

/** What may be reached. */
export interface Reach {
  /** Whether this machine may be asked: for documents that lie on it. */
  readonly local: boolean;
  /** Hosts, `example.org` or `example.org:8443`, that may be reached wherever they lead and whoever names them. */
  readonly trustHosts?: readonly string[] | undefined;
  /** Hosts with their ports that documents of the recipe come from: what else lies there is no further away. */
  readonly hosts?: readonly string[];
}

/** How long a host is waited for. There is no limit on the whole: what goes on coming is read. */
export interface Patience {
  /** Most milliseconds until an answer begins, and between two pieces of it. */
  readonly idle: number;
  /** How often a URL is asked for, where the failure may pass. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; before the third twice as many. */
  readonly pause: number;
}

/** What holds for everything that is fetched for a recipe. */
export interface Fetching extends Pick<Reach, "trustHosts"> {
  /** Ends what is being fetched; what is thrown then is the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes of memory that a run may use; default `MEMORY`. */
  readonly memory?: number | undefined;
  /** How long hosts are waited for. */
  readonly patience?: Partial<Patience> | undefined;
}

/** Whether a source is a URL of the web. */
export const isWeb = (source: string): boolean => /^https?:/i.test(source);

/** Whether a URL names this machine (RFC 6761 §6.3: every name below `localhost` does). */
export const isLocalHost = (url: URL): boolean =>
  /^(.+\.)?localhost\.?$|^127\.0\.0\.1$|^\[::1\]$/.test(url.hostname);

/** A host as `trustHosts` takes it, `example.org` or `example.org:8443`, as URLs write it. Throws a RangeError. */
export function trustedHost(text: string): string {
  const url = /^[^/\\?#@\s]+$/.test(text) ? URL.parse(`https://${text}`) : null;
  // A port that https implies is said all the same: without one every port is meant.
  if (url !== null && url.pathname === "/") {
    return /:443$/.test(text) ? `${url.host}:443` : url.host;
  }
  throw new RangeError(`${quoted(text)} is no host`);
}
