/** A search of numbers, with what its parts need that are called one by one. */
import { RecipeError } from "../../../../engine/error.ts";
import { compile } from "../../../../engine/graph/compile.ts";
import type { Graph } from "../../../../engine/graph/graph.ts";
import type { Facts } from "../../../../engine/facts.ts";
import { recipeOf } from "../../../../engine/library/open_recipe.ts";
import { opSet } from "../../../../engine/op.ts";
import type { ExpandedRecipe } from "../../../../engine/recipe/recipe.ts";
import type { RunEvent } from "../../../../engine/run/event.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { nowhere } from "../../run/support/fake.ts";
import { numberOps, numberRecipe } from "../../run/search/numbers.ts";

/** Smallest bytes over x by grid, in a store of its own; `broken` is the x that does not grow. */
export function searching(over: readonly unknown[], more: object = {}, broken?: number) {
  const log: string[] = [];
  const ops = opSet([...numberOps(log, broken)]);
  const search = {
    over: { x: over },
    minimize: "result.bytes",
    budget: { trials: over.length },
    strategy: "grid",
    ...more,
  };
  const recipe = recipeOf(numberRecipe({ search }), "/", ops);
  const events: RunEvent[] = [];
  const bind = (each: ExpandedRecipe) => {
    const recompile = (known: ReadonlyMap<string, Facts>): Graph =>
      compile(each, ops, ({ name }) => known.get(name));
    const graph = recompile(new Map());
    if (graph.diagnostics.some(({ severity }) => severity === "error")) {
      throw new RecipeError(graph.diagnostics);
    }
    return { graph, recompile };
  };
  return {
    log,
    events,
    recipe,
    search: recipe.expand().search!,
    options: {
      ops,
      store: memoryStore(),
      environment: nowhere,
      bind,
      graph: bind(recipe.expand()).graph,
      onEvent: (event: RunEvent) => void events.push(event),
    },
  };
}
