/** A proxy of TCP on this machine that can be told to pass nothing on, and to close nothing, as a broken line does. */

/** Listens on a port of its own and passes on to another. */
export function cutProxy(to: number) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let whole = Promise.withResolvers<void>();
  whole.resolve();
  const passed = async (from: Deno.Conn, into: Deno.Conn): Promise<void> => {
    const piece = new Uint8Array(1 << 16);
    try {
      for (let size = await from.read(piece); size !== null; size = await from.read(piece)) {
        await whole.promise;
        for (let done = 0; done < size;) done += await into.write(piece.subarray(done, size));
      }
    } catch {
      // Either end was closed.
    }
    for (const each of [from, into]) {
      open.delete(each);
      try {
        each.close();
      } catch {
        // It is closed.
      }
    }
  };
  const serving = (async () => {
    for await (const from of listener) {
      await whole.promise;
      const into = await Deno.connect({ hostname: "127.0.0.1", port: to }).catch(() => undefined);
      if (into === undefined) {
        from.close();
        continue;
      }
      open.add(from).add(into);
      void passed(from, into);
      void passed(into, from);
    }
  })();
  return {
    port: listener.addr.port,
    cut: () => void (whole = Promise.withResolvers()),
    mend: () => whole.resolve(),
    async [Symbol.asyncDispose]() {
      whole.resolve();
      listener.close();
      for (const each of open) {
        try {
          each.close();
        } catch {
          // It is closed.
        }
      }
      await serving;
    },
  };
}
