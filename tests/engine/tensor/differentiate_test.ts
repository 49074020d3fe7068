/** The reverse pass: gradients by hand, and what it gives back. */
import assert from "node:assert/strict";
import { differentiate } from "../../../engine/tensor/differentiate.ts";
import { type Scalar, type Tensor, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../engine/tensor/room.ts";

refuseLeaks(true);

const { machine } = await roomEquipment();

Deno.test("a value that two paths reach has the sum of their gradients", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const x = tensor(Float32Array.of(2, 3), [2]);
    // Σ x³ + 5 Σ x: 3x² + 5.
    const { value, gradients } = differentiate(
      machine,
      () => tf.sum(tf.add(tf.mul(tf.mul(x, x), x), tf.mul(x, 5))),
      [x, x],
    );
    assert.deepEqual([...values(value)], [60]);
    for (const gradient of gradients) assert.deepEqual([...values(gradient!)], [17, 32]);
    tf.dispose([x, value, ...gradients as Tensor[]]);
  });
});

Deno.test("a gradient that is passed on unchanged can be given back by each who has it", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const [a, b] = [tensor(Float32Array.of(1), [1]), tensor(Float32Array.of(2), [1])];
    const { value, gradients } = differentiate(machine, () => tf.sum(tf.add(a, b)), [a, b]);
    gradients[0]!.dispose();
    assert.deepEqual([...values(gradients[1]!)], [1]);
    tf.dispose([a, b, value, gradients[1]!]);
  });
});

Deno.test("nothing that was made on the way is left, also where the body fails", async () => {
  await withTensors(({ tf, tensor }) => {
    const x = tensor(new Float32Array(100), [10, 10]);
    const before = [tf.memory().numTensors, machine.allocator.usage().blocks];
    const body = (): Scalar => tf.sum(tf.relu(tf.matMul(x as never, tf.square(x) as never)));
    const { value, gradients } = differentiate(machine, body, [x]);
    tf.dispose([value, gradients[0]!]);
    assert.deepEqual([tf.memory().numTensors, machine.allocator.usage().blocks], before);
    const failing = () => {
      tf.square(x);
      throw new Error("no");
    };
    assert.throws(() => differentiate(machine, failing, [x]), /^Error: no$/);
    assert.throws(
      () => differentiate(machine, () => tf.square(x) as never, [x]),
      /^Error: Cannot differentiate a value of shape \[10,10\]: it must be one number$/,
    );
    x.dispose();
  });
});

Deno.test("an operation without a gradient is named", async () => {
  await withTensors(({ tf, tensor }) => {
    const x = tensor(Float32Array.of(1, 2), [2]);
    tf.tidy(() => {
      assert.throws(
        () => differentiate(machine, () => tf.sum(tf.cumprod(x)), [x]),
        /^Error: Cannot differentiate: tfjs's "Cumprod" has no gradient$/,
      );
    });
    x.dispose();
  });
});

/** y = x, by an operation whose gradient is `gradient`. */
const operation = (
  name: string,
  inputs: { readonly [name: string]: Tensor },
  gradient: (dy: Tensor, saved: Tensor) => Tensor,
): Tensor => {
  const [first] = Object.values(inputs);
  const [y] = machine.operation(name, inputs, (save) => {
    save(first!);
    return [machine.tf.clone(first!)];
  }, ([dy], [saved]) =>
    Object.fromEntries(
      Object.keys(inputs).map((input) => [input, () => gradient(dy!, saved!)]),
    ));
  return y!;
};

Deno.test("a gradient of another shape than its input is refused by the operation's name", async () => {
  await withTensors(({ tf, tensor }) => {
    const x = tensor(Float32Array.of(1, 2), [2]);
    const { blocks } = machine.allocator.usage();
    const wrong = () => operation("odd", { x }, () => tf.zeros([3]));
    assert.throws(() => differentiate(machine, () => tf.sum(wrong()), [x]), {
      message: 'Cannot differentiate "odd": its gradient for "x" has shape [3] instead of [2]',
    });
    assert.equal(machine.allocator.usage().blocks, blocks);
    x.dispose();
  });
});

Deno.test("a function that is being differentiated cannot differentiate", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const x = tensor(Float32Array.of(3), [1]);
    const inner = (): Scalar => differentiate(machine, () => tf.sum(x), [x]).value;
    assert.throws(() => differentiate(machine, inner, [x]), {
      message: "Cannot differentiate inside a function that is being differentiated",
    });
    // Afterwards nothing is recorded, and it can.
    assert.equal(machine.recording(), false);
    const { value, gradients } = differentiate(machine, () => tf.sum(tf.square(x)), [x]);
    assert.deepEqual([...values(gradients[0]!)], [6]);
    assert.equal(
      (tf.engine() as unknown as { state: { activeTape: unknown } }).state.activeTape,
      null,
    );
    tf.dispose([x, value, gradients[0]!]);
  });
});

Deno.test("what depends on no variable, or does not reach the value, is not differentiated", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const [x, c] = [tensor(Float32Array.of(3), [1]), tensor(Float32Array.of(5), [1])];
    const never = (): Tensor => {
      throw new Error("asked for");
    };
    const { value, gradients } = differentiate(machine, () => {
      operation("aside", { x }, never);
      return tf.sum(tf.mul(x, operation("constant", { c }, never)));
    }, [x]);
    assert.deepEqual([...values(gradients[0]!)], [5]);
    // An operation that has no gradient is asked for none.
    const apart = differentiate(machine, () => tf.cumprod(c) as Scalar, [x]);
    assert.deepEqual(apart.gradients, [null]);
    tf.dispose([x, c, value, gradients[0]!, apart.value]);
  });
});

Deno.test("one tensor that is the gradient of two inputs, or is passed on, is given back once by each", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const [a, b] = [tensor(Float32Array.of(1), [1]), tensor(Float32Array.of(2), [1])];
    const { blocks } = machine.allocator.usage();
    for (const passed of [true, false]) {
      let made: Tensor | undefined;
      const twice = (dy: Tensor): Tensor => passed ? dy : made ??= tf.mul(dy, 2);
      const { value, gradients } = differentiate(
        machine,
        () => tf.sum(tf.mul(operation("both", { a, b }, twice), 3)),
        [a, b],
      );
      const [da, db] = gradients as [Tensor, Tensor];
      assert.notEqual(da, db);
      da.dispose();
      assert.deepEqual([...values(db)], [passed ? 3 : 6]);
      tf.dispose([value, db]);
      assert.equal(machine.allocator.usage().blocks, blocks);
    }
    tf.dispose([a, b]);
  });
});

Deno.test("an output that nobody read has no gradient, and the other's arrives alone", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const x = tensor(Float32Array.of(3), [1]);
    const told: (number[] | null)[][] = [];
    const { value, gradients } = differentiate(machine, () => {
      const [, used] = machine.operation(
        "pair",
        { x },
        () => [tf.mul(x, 2), tf.mul(x, 4)],
        (dys) => {
          told.push(dys.map((dy) => dy && [...values(dy)]));
          return { x: () => tf.mul(dys[1]!, 4) };
        },
      );
      return tf.sum(tf.mul(used!, 5));
    }, [x]);
    assert.deepEqual(told, [[null, [5]]]);
    assert.deepEqual([...values(gradients[0]!)], [20]);
    tf.dispose([x, value, gradients[0]!]);
  });
});

Deno.test("what an operation saved is given back before the gradients of those before it are made", async () => {
  await withTensors(({ tf, tensor }) => {
    const x = tensor(Float32Array.of(3), [1]);
    const log: boolean[] = [];
    let late: Tensor | undefined;
    const { value, gradients } = differentiate(machine, () => {
      const first = operation("first", { x }, (dy, saved) => {
        log.push(late!.isDisposed, saved.isDisposed);
        return tf.mul(dy, 1);
      });
      return tf.sum(operation("second", { first }, (dy, saved) => {
        late = saved;
        log.push(saved.isDisposed);
        return tf.mul(dy, 1);
      }));
    }, [x]);
    assert.deepEqual(log, [false, true, false]);
    tf.dispose([x, value, gradients[0]!]);
  });
});
