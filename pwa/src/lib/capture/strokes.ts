/** A signature as the path of an SVG: whole numbers, at most 8 KiB, so that it fits into a fact. */

export const STROKES_BYTES_MAX = 8 * 1024;

export interface Point {
  x: number;
  y: number;
}

/** The path of the strokes; points closer than a growing distance are left out until it fits. */
export function strokesPath(strokes: readonly (readonly Point[])[]): string {
  for (let apart = 1.5; ; apart *= 1.6) {
    const path = strokes.map((stroke) => strokePath(stroke, apart)).join('');
    if (path.length <= STROKES_BYTES_MAX) return path;
  }
}

function strokePath(stroke: readonly Point[], apart: number): string {
  const [first] = stroke;
  if (first === undefined) return '';
  let last = first;
  let path = `M${Math.round(first.x)} ${Math.round(first.y)}`;
  for (const point of stroke.slice(1)) {
    if (Math.hypot(point.x - last.x, point.y - last.y) < apart) continue;
    path += `L${Math.round(point.x)} ${Math.round(point.y)}`;
    last = point;
  }
  // A dot of the pen is drawn too: a line of no length with a round end.
  return path.includes('L') ? path : `${path}L${Math.round(first.x)} ${Math.round(first.y)}`;
}

/** True when there is enough ink to be a signature and not a slip of the thumb. */
export function isSigned(strokes: readonly (readonly Point[])[]): boolean {
  let length = 0;
  for (const stroke of strokes) {
    for (let at = 1; at < stroke.length; at += 1) {
      const [one, two] = [stroke[at - 1], stroke[at]];
      if (one && two) length += Math.hypot(two.x - one.x, two.y - one.y);
    }
  }
  return length >= 40;
}
