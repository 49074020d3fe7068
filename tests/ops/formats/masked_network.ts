/** A network that steps through rows of which a mask hides some. */
import type { Architecture, Layer, LayerOf } from "../../../ops/model/model.ts";

const change = (of: string, from: string, name: string, parameters: number[]): Layer =>
  ({ name, kind: "function", inputs: [from], function: of, parameters }) as Layer;

/** Six rows of two numbers; those whose first is not above 0 are hidden. */
export function masked(of: Partial<LayerOf<"rnn">>): Architecture {
  const bends = { nonlinearity: "tanh", gates: "sigmoid" } as const;
  return {
    family: "test",
    inputs: [{ name: "x", shape: [6, 2] }],
    layers: [
      { name: "pixels", kind: "reshape", inputs: ["x"], shape: [6, 2, 1] },
      { name: "first", kind: "crop", inputs: ["pixels"], amounts: [[0, 0], [0, 1]] },
      { name: "numbers", kind: "reshape", inputs: ["first"], shape: [6] },
      change("scale", "numbers", "large", [1e30, 0]),
      change("clip", "large", "mask", [0, 1]),
      {
        ...{ name: "states", kind: "rnn", inputs: ["x", "mask"], cell: "lstm", units: 2 },
        ...{ sequence: true, ...bends, ...of },
      } as Layer,
    ],
    outputs: ["states"],
    head: "none",
  };
}
