/**
 * The walk over a graph: it yields steps all of whose inputs are known, and takes back what was made of them, which may
 * let the rest be compiled further. `plan` takes what is recorded, a run what it performs.
 */
import type { Json, Key } from "../digest.ts";
import type { Facts } from "../facts.ts";
import { given } from "../given.ts";
import type { Outcome, RecallOptions, Store } from "../store/store.ts";
import { type Graph, type Node, readBy, waitedFor } from "./graph.ts";
import { keyOf, type Preimage, preimageOf } from "./key.ts";
import type { ResolvedSource } from "./sources/resolved_source.ts";
import type { Sources } from "./sources/source.ts";
import { turnsIn } from "./turns.ts";

/** What a walk needs. */
interface WalkOptions {
  readonly store: Store;
  /** Fingerprint of this machine. */
  readonly host: string;
  readonly sources: Sources;
  /** The names of the steps to take, in an order in which each stands behind what it reads; default that of the recipe. */
  readonly order?: readonly string[];
  /** Compiles again with facts that have become known; absent where no fact can be open. */
  readonly recompile?: (known: ReadonlyMap<string, Facts>) => Graph;
  /** Told of a manifest that cannot be read; what it throws, `take` throws. */
  readonly unread?: (error: unknown) => undefined;
}

/** A step whose turn it is. */
export interface Turn {
  readonly node: Node;
  /** A step that it reads or waits for and that will not be done. */
  readonly lacks?: string;
}

/** Where a step stands before anything is done for it: its key, and what is recorded under it. */
export interface Located {
  readonly key: Key;
  readonly preimage: Preimage;
  readonly sources: readonly ResolvedSource[];
  readonly outcome: Outcome | undefined;
}

/** A walk on its way. */
export interface Walk {
  /** Compiled with all facts that have become known. */
  readonly graph: Graph;
  /** What was made, by step. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Steps that were located, by name. */
  readonly located: ReadonlyMap<string, Located>;
  /**
   * The first step in order that does not wait for one of those that are `running`, each once; undefined where all that
   * are left wait, and where none is left.
   */
  next(running?: { has(step: string): boolean }): Turn | undefined;
  /**
   * Locates a step all of whose inputs have outcomes, with its outcome where one is recorded. Throws a SourceError where
   * a source cannot be read.
   */
  locate(node: Node, options?: RecallOptions): Promise<Located>;
  /** Takes back what was made of a step. Whether the graph is another one now. */
  take(step: string, outcome: Outcome): Promise<boolean>;
}

/** Begins a walk. */
export function walkOver(first: Graph, options: WalkOptions): Walk {
  const { store, host, sources } = options;
  const outcomes = new Map<string, Outcome>();
  const located = new Map<string, Located>();
  const facts = new Map<string, Facts>();
  let graph = first;
  const turns = turnsIn(
    options.order ?? first.nodes.map(({ step }) => step.name),
    (name) => needsOf(graph.node(name)!),
  );
  /** What steps show is learned one after the other: each compiles with all that is known. */
  let learning: Promise<unknown> = Promise.resolve();
  return {
    get graph() {
      return graph;
    },
    outcomes,
    located,
    next(running = new Set()) {
      const name = turns.next(running);
      if (name === undefined) return undefined;
      const node = graph.node(name)!;
      const lacks = needsOf(node).find((each) => !outcomes.has(each));
      return { node, ...given({ lacks }) };
    },
    async locate(node, options) {
      const read = await sources.of(node);
      const artifact = (each: Node) => outcomes.get(each.step.name)!.artifact;
      const preimage = preimageOf(node, { artifact, sources: read, host });
      const key = keyOf(preimage);
      const found = { key, preimage, sources: read, outcome: await store.outcome(key, options) };
      located.set(node.step.name, found);
      return found;
    },
    async take(step, outcome) {
      outcomes.set(step, outcome);
      const turn = learning.then(async () => {
        const known = await learned(graph, { ...options, outcomes, facts });
        graph = known ?? graph;
        return known !== undefined;
      });
      learning = turn.catch(() => {});
      return await turn;
    },
  };
}

/** The steps that must be done before one: those it reads, then the one that its facts wait for. */
function needsOf(node: Node): string[] {
  const read = readBy(node).map(({ step }) => step.name);
  return node.waits === undefined ? read : [...read, node.waits];
}

/**
 * The graph compiled with what steps that are done have shown and others wait for, again until no more can be learned:
 * what waits for one step may then wait for another that is done already. Undefined where nothing was learned.
 */
async function learned(
  graph: Graph,
  { store, recompile, unread = rethrown, outcomes, facts }: WalkOptions & {
    readonly outcomes: ReadonlyMap<string, Outcome>;
    /** Facts by step that were open at compile and are known; filled. */
    readonly facts: Map<string, Facts>;
  },
): Promise<Graph | undefined> {
  if (recompile === undefined) return undefined;
  const asked = new Set(facts.keys());
  let found: Graph | undefined;
  for (;;) {
    const node = waitedIn(found ?? graph).find(({ step: { name } }) =>
      !asked.has(name) && outcomes.has(name)
    );
    if (node === undefined) return found;
    const { name } = node.step;
    asked.add(name);
    const known = await factsMade(node, outcomes.get(name)!, store).catch(unread);
    if (known === undefined) continue;
    facts.set(name, known);
    found = recompile(facts);
  }
}

const waitedNodes = new WeakMap<Graph, readonly Node[]>();

/** The nodes on whose run facts of others wait, in order: looked for once in a graph, not once for each of its steps. */
function waitedIn(graph: Graph): readonly Node[] {
  const known = waitedNodes.get(graph);
  if (known !== undefined) return known;
  const { nodes } = graph;
  const names = waitedFor({ nodes });
  const found = nodes.filter(({ step }) => names.has(step.name));
  waitedNodes.set(graph, found);
  return found;
}

function rethrown(error: unknown): never {
  throw error;
}

/**
 * What a step that is done has shown of its output: as recorded, else as the manifest says. Undefined where its kind
 * tells nothing. Throws a CorruptBlobError where the manifest is missing or damaged.
 */
async function factsMade(
  { op }: Node,
  { artifact, facts }: Outcome,
  store: Store,
): Promise<Facts | undefined> {
  if (facts !== undefined || op.output.facts === undefined) return facts as Facts | undefined;
  const manifest = new TextDecoder().decode(await store.read(artifact.digest, artifact.bytes));
  return op.output.facts(JSON.parse(manifest) as Json);
}

/**
 * The names of the steps in the order in which a run begins them: that of the recipe, but what is read from files comes
 * first, for nobody trains for an hour to learn that a model is for other data.
 */
export function inOrder({ nodes }: Graph): string[] {
  const [first, rest]: [string[], string[]] = [[], []];
  for (const node of nodes) {
    const reads = node.waits === undefined && readBy(node).length === 0 &&
      node.op.source(node.step.params).length > 0;
    (reads ? first : rest).push(node.step.name);
  }
  return [...first, ...rest];
}

/** A step and everything it needs, by name. */
export function neededBy(graph: Graph, until: string): ReadonlySet<string> {
  const needed = new Set<string>();
  // A list, not recursion: a chain may have as many steps as a recipe.
  const waiting = [until];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = graph.node(name);
    if (node === undefined || needed.has(name)) continue;
    needed.add(name);
    waiting.push(...needsOf(node));
  }
  return needed;
}
