/** A matrix, turned: what the few products need whose operands lie the other way round. */
import type { Machine } from "./machine.ts";

/** Runs `body` with the transpose [columns, rows] of the matrix [rows, columns] at `at`. */
export function transposed<T>(
  machine: Machine,
  at: number,
  rows: number,
  columns: number,
  body: (at: number) => T,
): T {
  return machine.scratch(rows * columns * 4, (out) => {
    machine.launch("transpose", Math.ceil(rows / 4), out, at, rows, columns);
    return body(out);
  });
}
