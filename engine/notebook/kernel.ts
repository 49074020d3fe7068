/**
 * The Jupyter kernel this process is, if it is one, and showing a value there or elsewhere. Nothing here is touched when
 * a module is loaded.
 */
import type { Bundle } from "./display.ts";
import { bundleOf } from "./displayed.ts";

/** What is used of the kernel. */
export interface Kernel {
  /** Shows a value where the cell's output is. */
  display(value: unknown): Promise<void>;
  /** Sends a message to every front end. */
  broadcast(type: string, content: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Outputs of a cell that ends at once are lost on the way to the front end; those of one that waits this long are not. */
const SETTLING_MS = 60;

/** The kernel; undefined everywhere else. */
export function kernel(): Kernel | undefined {
  try {
    return (Deno as unknown as { readonly jupyter?: Kernel }).jupyter;
  } catch {
    // Outside of a kernel already the look at it throws.
    return undefined;
  }
}

/** An output that can be replaced in place. Updates are sent in order. */
export function liveOutput({ broadcast }: Kernel): {
  show(bundle: Bundle): void;
  /** Waits until everything shown has left. */
  settled(): Promise<void>;
} {
  const transient = { "display_id": crypto.randomUUID() };
  let type = "display_data";
  let sent: Promise<void> = Promise.resolve();
  return {
    show(data) {
      const as = type;
      type = "update_display_data";
      sent = sent.then(() => broadcast(as, { data, metadata: {}, transient }));
    },
    async settled() {
      await sent;
      await settle();
    },
  };
}

/** Waits until what was displayed has left. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
}

/**
 * Shows a value. In a Jupyter kernel it resolves when the output has left for the front end, so that it is not lost when
 * the cell ends; elsewhere `print` gets its text.
 */
export async function showValue(value: unknown, print: (text: string) => void): Promise<void> {
  const jupyter = kernel();
  if (jupyter !== undefined) {
    await jupyter.display(value);
    await settle();
    return;
  }
  const text = (await bundleOf(value))?.["text/plain"] ?? Deno.inspect(value);
  print(`${text.trimEnd()}\n`);
}
