/** Rows of a table by number, and the sum of gradients back into them. */

/**
 * y[u] = table[ids[u]], rows of `width` floats; numbers outside the table give NaN, as nothing else would show.
 * Units: ids.
 */
export function embedding(
  table: usize,
  ids: usize,
  y: usize,
  width: i32,
  entries: i32,
  begin: i32,
  end: i32,
): void {
  const bytes = <usize> width << 2;
  for (let u = begin; u < end; u++) {
    const id = load<i32>(ids + (<usize> u << 2));
    const to = y + bytes * u;
    if (<u32> id < <u32> entries) memory.copy(to, table + bytes * id, bytes);
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
    const from = dy + bytes * u;
    const to = dtable + bytes * id;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
    }
    for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
  }
}
