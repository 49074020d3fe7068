import assert from "node:assert/strict";
import { configOf } from "../../../../../ops/formats/keras/config.ts";
import {
  channelsLast,
  extents,
  windowOf,
} from "../../../../../ops/formats/keras/classes/windows.ts";

Deno.test("a window is Keras's where nothing is said: valid, one by one", () => {
  const window = (config: object) => windowOf(configOf("a", "Conv2D", config as never));
  assert.deepEqual(window({}), { strides: [1, 1], padding: "valid", dilations: [1, 1] });
  assert.deepEqual(window({ strides: [2, 1], padding: "same", "dilation_rate": 3 }), {
    strides: [2, 1],
    padding: "same",
    dilations: [3, 3],
  });
  assert.throws(() => window({ padding: "causal" }), /its padding is causal/);
  assert.throws(
    () => window({ "data_format": "channels_first" }),
    /only data_format channels_last/,
  );
});

Deno.test("along one axis an image has a single column; causal rows see none behind them", () => {
  const window = (config: object) => windowOf(configOf("a", "Conv1D", config as never), 1, [3]);
  assert.deepEqual(window({ strides: 2 }), {
    strides: [2, 1],
    padding: "valid",
    dilations: [1, 1],
  });
  assert.deepEqual(window({ padding: "causal", "dilation_rate": [2] }), {
    strides: [1, 1],
    padding: [[4, 0], [0, 0]],
    dilations: [2, 1],
  });
});

Deno.test("a number stands for every axis, else there is one for each", () => {
  const config = configOf("a", "Layer", { one: 3, all: [1, 2, 3], odd: [1, 2] });
  assert.deepEqual(extents(config, "one", 3, 1), [3, 3, 3]);
  assert.deepEqual(extents(config, "all", 3, 1), [1, 2, 3]);
  assert.deepEqual(extents(config, "none", 2, 4), [4, 4]);
  assert.throws(() => extents(config, "odd", 3, 1), /`odd` is \[1,2\], it should be 3 numbers/);
});

Deno.test("channels come last, as both libraries write it", () => {
  for (const format of ["channels_last", "channelsLast"]) {
    channelsLast(configOf("a", "Layer", { "data_format": format }));
  }
  assert.throws(
    () => channelsLast(configOf("a", "Layer", { "data_format": "channels_first" })),
    /only data_format channels_last can be read/,
  );
});
