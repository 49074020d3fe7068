/**
 * `mutual` as drafts: peers learn beside one another, each is taken out to be measured, one goes on as `distilled`.
 * A cohort knows its models by number, in the order of the students; names are for people.
 */
import { given } from "../../given.ts";
import type { Json } from "../../digest.ts";
import { type Block, type Draft, stageName, type WrittenBlock } from "./draft.ts";
import type { AnyOp } from "../../op.ts";
import { EVALUATE, makesSeveral, stagesOf } from "../words/language.ts";
import { nearestNames } from "../words/nearest.ts";
import type { Problems } from "../parse/problems.ts";
import { child, join, type Tree } from "../parse/tree.ts";

/** The drafts of such a stage; `students` are the names of the role. */
export function mutualDrafts(
  { name: stage, stage: { takenBy } }: AnyOp,
  { fields, root, ops, problems }: WrittenBlock,
  students: readonly string[],
  scope: Pick<Draft, "seed" | "teachers">,
): Draft[] {
  const { result = "best", ...block } = (fields[stage] ?? {}) as Block;
  const tree = child(root, stage)!;
  const common = { ...scope, path: stage, tree, broken: !problems.sound(tree) };
  const peers = namesOf(block.students) ?? students;
  const mutual: Draft = {
    ...common,
    op: stage,
    name: stageName(stage, ops),
    fields: { ...block, students: peers },
  };
  const pick = (name: string, peer: Json): Draft => ({
    ...common,
    op: takenBy,
    name,
    fields: { peer },
    cohort: stageName(stage, ops),
  });
  const measured = (fields[EVALUATE] as Block | undefined)?.models === "result"
    ? []
    : peers.map((peer, index) => pick(`${stage}-${peer}`, index + 1));
  const chosen = numberOf(result, peers, { root, path: join(stage, "result"), problems });
  return [mutual, ...measured, pick(stageName(takenBy, ops), chosen ?? "best")];
}

/** The steps of a list with every cohort's students and every peer's number settled. */
export function settlePeers(
  drafts: readonly Draft[],
  students: readonly string[],
  { root, ops, problems }: Pick<WrittenBlock, "root" | "ops" | "problems">,
): Draft[] {
  const cohorts = new Map<string, readonly string[]>();
  let cohort: string | undefined;
  const several = stagesOf(ops).filter(makesSeveral);
  return drafts.map((draft) => {
    if (several.some(({ name }) => name === draft.op)) {
      const peers = namesOf(draft.fields.students) ?? students;
      cohort = draft.name ?? stageName(draft.op, ops);
      cohorts.set(cohort, peers);
      return { ...draft, fields: { ...draft.fields, students: peers } };
    }
    const reads = Object.values(ops.get(draft.op)?.inputs ?? {}) as readonly {
      readonly kind: { readonly name: string };
    }[];
    if (!reads.some(({ kind }) => kind.name === "cohort")) return draft;
    const within = { ...draft, ...given({ cohort }) };
    const { peer } = draft.fields;
    if (
      !several.some(({ stage }) => stage.takenBy === draft.op) || peer === undefined || draft.broken
    ) return within;
    const named = draft.fields.cohort ?? cohort;
    const peers = typeof named === "string" ? cohorts.get(named) : undefined;
    const at = { root, path: join(draft.path, "peer"), problems };
    const chosen = peers === undefined ? peer : numberOf(peer, peers, at);
    return chosen === undefined
      ? { ...within, broken: true }
      : { ...within, fields: { ...draft.fields, peer: chosen } };
  });
}

/** A peer by its number; undefined after a report. */
function numberOf(
  peer: Json,
  peers: readonly string[],
  { root, path, problems }: {
    readonly root: Tree;
    readonly path: string;
    readonly problems: Problems;
  },
): Json | undefined {
  if (peer === "best") return peer;
  const number = typeof peer === "string" ? peers.indexOf(peer) + 1 : Number(peer);
  if (number >= 1 && number <= peers.length) return number;
  problems.atPath(
    "unknown-name",
    { root, path },
    typeof peer === "string"
      ? `no peer is called \`${peer}\``
      : `there is no peer ${number}: the cohort has ${peers.length}`,
    `one of: ${[...nearestNames(String(peer), peers, 6), "best"].join(", ")}`,
  );
  return undefined;
}

function namesOf(students: Json | undefined): readonly string[] | undefined {
  return typeof students === "string" ? [students] : students as readonly string[] | undefined;
}
