/** Labels beside points, each where it covers no other label, no point and no interval, if there is such a place. */

/** A point and the words beside it. */
interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Where a label stands. */
interface PlacedLabel extends LabelledPoint {
  readonly anchor: "start" | "middle" | "end";
}

/** Something that takes room in the picture. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Width of a letter and height of a line in the charts' type. */
const [LETTER, LINE] = [6, 12];

/** How far a label stands from its point. */
const GAP = 9;

/**
 * Places each label, in order; the first free place wins, else the one that covers least. `lines` are the intervals
 * that are drawn, each point's own among them: words on a thin line are hard to read, however little they cover.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  within: Box,
  lines: readonly Box[] = [],
): PlacedLabel[] {
  const taken = points.map(({ x, y }) => ({
    left: x - 5,
    right: x + 5,
    top: y - 5,
    bottom: y + 5,
  }));
  const beyond = outsideOf(within);
  return points.map((point, own) => {
    const others = taken.filter((_, at) => at !== own);
    const places = candidates(point).map((place) => ({ place, box: boxOf(place) }));
    const cost = (box: Box): number => {
      const over = overlapWith(box);
      const crossed = lines.filter((line) => over(line) > 0).length * LINE * LINE;
      const alone = crossed + 1e4 * beyond(box);
      return others.reduce((sum, other) => sum + over(other), alone);
    };
    const best = places.reduce((a, b) => cost(b.box) < cost(a.box) ? b : a);
    taken.push(best.box);
    return best.place;
  });
}

function candidates({ x, y, text }: LabelledPoint): PlacedLabel[] {
  const place = (dx: number, dy: number, anchor: PlacedLabel["anchor"]): PlacedLabel => ({
    x: x + dx,
    y: y + dy,
    text,
    anchor,
  });
  const eighth = LETTER * [...text].length / 8;
  return [
    place(GAP, 4, "start"),
    place(-GAP, 4, "end"),
    place(0, -GAP, "middle"),
    place(0, GAP + 9, "middle"),
    place(GAP, -GAP, "start"),
    place(GAP, GAP + 9, "start"),
    place(-GAP, -GAP, "end"),
    place(-GAP, GAP + 9, "end"),
    // Not quite above or below, then a line further off, where it is crowded.
    ...[-1, 1, -2, 2, -3, 3].flatMap((shift) => [
      place(shift * eighth, -GAP, "middle"),
      place(shift * eighth, GAP + 9, "middle"),
    ]),
    place(GAP, -GAP - LINE, "start"),
    place(GAP, GAP + 9 + LINE, "start"),
    place(-GAP, -GAP - LINE, "end"),
    place(-GAP, GAP + 9 + LINE, "end"),
  ];
}

function boxOf({ x, y, text, anchor }: PlacedLabel): Box {
  const width = LETTER * [...text].length;
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - LINE + 2, bottom: y + 2 };
}

const overlapWith = (a: Box) => (b: Box): number => {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
};

const outsideOf = ({ left, right, top, bottom }: Box) => (box: Box): number =>
  Math.max(0, left - box.left) + Math.max(0, box.right - right) +
  Math.max(0, top - box.top) + Math.max(0, box.bottom - bottom);
