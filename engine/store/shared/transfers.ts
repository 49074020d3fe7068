/** How many bytes are on their way to and from shared stores, for a person who waits. */
import { bytesText } from "../../size.ts";

/** Less than this is nothing to wait for: a line about it would only flicker. */
const TOLD = 1 << 20;

/** Which way bytes go. */
type Way = "fetching" | "publishing";

/** Bytes on their way. */
interface Transfer extends Disposable {
  /** So many more have come or gone. */
  moved(bytes: number): void;
}

/** All that is on its way. */
export interface Transfers {
  /** A transfer of so many bytes begins; disposing it ends it. */
  begun(way: Way, bytes: number): Transfer;
}

/** Counts what is under way at once; `tell` is given a few words, `""` when all has come to its end. */
export function transfersTold(tell: (text: string) => void): Transfers {
  const under = { fetching: newCount(), publishing: newCount() };
  let told = "";
  const say = (): void => {
    const ways = Object.entries(under).filter(([, { total }]) => total >= TOLD);
    const text = ways.map(([way, { moved, total }]) =>
      `${way} ${bytesText(moved)} of ${bytesText(total)}`
    ).join(", ");
    if (text !== told) tell(told = text);
  };
  return {
    begun(way, bytes) {
      const count = under[way];
      count.running++;
      count.total += bytes;
      let left = bytes;
      say();
      return {
        moved(more) {
          // What is asked for again comes twice.
          const counted = Math.min(left, more);
          left -= counted;
          count.moved += counted;
          say();
        },
        [Symbol.dispose]() {
          count.moved += left;
          if (--count.running === 0) Object.assign(count, newCount());
          say();
        },
      };
    },
  };
}

const newCount = () => ({ running: 0, moved: 0, total: 0 });
