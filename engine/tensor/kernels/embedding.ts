/** Rows of a table by number, and the sum of gradients back into them. */
import { copyRun } from "./move";
import { addRun } from "./resize";

/**
 * y[r, i] = table[r, ids[r / outer, i]] for tables r of `entries` rows of `width` floats, `outer` of which share
 * `count` numbers; numbers outside the table give NaN, as nothing else would show. Units: places (r, i).
 */
export function embedding(
  table: usize,
  ids: usize,
  y: usize,
  width: i32,
  entries: i32,
  count: i32,
  outer: i32,
  begin: i32,
  end: i32,
): void {
  const bytes = <usize> width << 2;
  for (let u = begin; u < end; u++) {
    const r = u / count;
    const id = load<i32>(ids + (<usize> (r / outer * count + u % count) << 2));
    const to = y + bytes * u;
    if (<u32> id < <u32> entries) copyRun(to, table + bytes * (r * entries + id), width);
    else for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, NaN);
  }
}

/**
 * dtable[id] = Σ dy[u] over the u with ids[u] = id, in the order of u. Units: blocks of `block` entries, each of
 * which walks all ids and adds those of its own.
 */
export function embeddingGradient(
  dy: usize,
  ids: usize,
  dtable: usize,
  width: i32,
  entries: i32,
  count: i32,
  block: i32,
  begin: i32,
  end: i32,
): void {
  const bytes = <usize> width << 2;
  const first = begin * block;
  const last = min(end * block, entries);
  memory.fill(dtable + bytes * first, 0, bytes * (last - first));
  for (let u = 0; u < count; u++) {
    const id = load<i32>(ids + (<usize> u << 2));
    if (id < first || id >= last) continue;
    addRun(dtable + bytes * id, dy + bytes * u, bytes);
  }
}
