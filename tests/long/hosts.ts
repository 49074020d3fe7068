/**
 * Hosts on a switch of this machine: network namespaces, each with a cable (a pair of virtual Ethernet devices) to a
 * bridge. It takes root and `ip` of iproute2. The addresses are of a network that is for documentation, and lead nowhere.
 */

/** The network, this machine in it, and how devices and namespaces are called. */
const [NETWORK, HERE] = ["198.51.100", 1];
const PREFIX = `dct${Deno.pid.toString(36)}`;

/** A host: a network namespace. */
export interface Host {
  /** Words that run a program there: the program and its words follow. */
  readonly by: readonly string[];
  /** Pulls its cable out of the switch: the host keeps its addresses and ways, and nothing arrives. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  /** Turns its own device off: the host knows no way any more. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Why there can be no hosts on this machine; undefined where there can. */
export async function withoutHosts(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "it takes root on Linux";
  try {
    await using _network = await networkOf(["probe"]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

/** A switch with this machine, at `address`, and hosts of these names at it; all is removed when it is disposed of. */
export async function networkOf<Name extends string>(names: readonly Name[]) {
  const bridge = `${PREFIX}br`;
  const spaces: string[] = [];
  const remove = async (): Promise<void> => {
    // A namespace goes with the devices in it, and a pair with one of the two.
    for (const space of spaces) await ip("netns", "del", space);
    await ip("link", "del", bridge);
  };
  await ip("link", "add", bridge, "type", "bridge", "forward_delay", "0");
  try {
    await ip("addr", "add", `${NETWORK}.${HERE}/24`, "dev", bridge);
    await ip("link", "set", bridge, "up");
    const hosts = new Map<Name, Host>();
    for (const [index, name] of names.entries()) {
      const [space, port, device] = ["ns", "sw", "eth"].map((what) => `${PREFIX}${what}${index}`);
      await ip("netns", "add", space!);
      spaces.push(space!);
      await ip("link", "add", port!, "type", "veth", "peer", "name", device!, "netns", space!);
      await ip("link", "set", port!, "master", bridge, "up");
      await inside(space!, "link", "set", "lo", "up");
      await inside(space!, "addr", "add", `${NETWORK}.${HERE + 1 + index}/24`, "dev", device!);
      await inside(space!, "link", "set", device!, "up");
      hosts.set(name, {
        by: ["ip", "netns", "exec", space!],
        unplug: () => ip("link", "set", port!, "down"),
        plug: () => ip("link", "set", port!, "up"),
        down: () => inside(space!, "link", "set", device!, "down"),
        up: () => inside(space!, "link", "set", device!, "up"),
      });
    }
    return {
      address: `${NETWORK}.${HERE}`,
      host: (name: Name): Host => hosts.get(name)!,
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

const inside = (space: string, ...words: readonly string[]) => ip("-n", space, ...words);

async function ip(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: [...args] }).output();
  if (success) return;
  throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}
