/** Readers of what makes one value of all along some axes. */
import { sizeOf } from "../../../../../engine/shape.ts";
import { type LayerView, over } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, type PatternOf, patternOf } from "../values.ts";
import { pooledOver } from "./windows.ts";

/**
 * `ReduceMean`, `ReduceSum`, `ReduceMax` and `ReduceMin`: a pooling over these axes; the mean of the last axis begins a
 * normalisation.
 */
export function reduced(reading: NodeReading): GraphValue {
  const squares = patternOf(reading.inputs[0], "squares");
  const rank = (squares?.x ?? reading.view(0)).dims.length;
  const asked = reading.listed(1, "axes") ?? [];
  const axes = asked.map((axis) => reading.axis(axis, rank));
  const kept = reading.int("keepdims", 1) === 1;
  if (reading.op === "ReduceMean" && axes.length === 1 && kept) {
    const [axis] = axes as [number];
    if (squares?.axis === axis) return { ...squares, of: "variance" };
    const x = reading.view(0);
    const lastOfOurs = x.axes[axis] === reading.draft.shape(x.layer).length;
    if (x.axes[axis] !== 0 && (axis === rank - 1 && rank !== 4 || lastOfOurs)) {
      return { use: "pattern", of: "mean", x, axis, epsilon: 0 };
    }
  }
  const view = reading.view(0);
  if (axes.length === 0) throw reading.wrong("it goes over all axes, the batch among them");
  return reducedOver(reading, view, { axes, kept });
}

/** What is wanted of axes. */
interface ReducedAxes {
  readonly axes: readonly number[];
  readonly kept: boolean;
}

function reducedOver(reading: NodeReading, view: LayerView, wanted: ReducedAxes): LayerView {
  const { op } = reading;
  const scaled = (value: LayerView, factor: number) =>
    over(
      value,
      reading.add("scaled", { kind: "function", function: "scale", parameters: [factor, 0] }, [
        value.layer,
      ]),
    );
  if (op === "ReduceMin") {
    const highest = pooledOver(reading, scaled(view, -1), "global-max-pool", wanted);
    return scaled(highest, -1);
  }
  const kind = op === "ReduceMax" ? "global-max-pool" : "global-average-pool";
  const pooled = pooledOver(reading, view, kind, wanted);
  const count = sizeOf(wanted.axes.map((axis) => view.dims[axis]!));
  return op === "ReduceSum" && count !== 1 ? scaled(pooled, count) : pooled;
}

/** A mean that is read by itself. */
export const meanOf = (reading: NodeReading, { x, axis }: PatternOf<"mean">): LayerView =>
  pooledOver(reading, x, "global-average-pool", { axes: [axis], kept: true });
