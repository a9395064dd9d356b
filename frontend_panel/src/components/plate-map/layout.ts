/** Where the objects of a plate stand in its drawing. The engine counts from the front left, a drawing from the top. */

export interface MapObject {
  readonly id: number;
  readonly name: string;
  /** Left, front, right, back in mm. */
  readonly box: readonly [number, number, number, number] | null;
}

export interface Placed {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly depth: number;
}

/** Smaller than this nobody hits an object. */
const LEAST = 0.035;

/** Returns the size to draw: the plate's, or what the boxes take where the file does not say. */
export function plateSize(size: readonly [number, number] | null, objects: readonly MapObject[]): readonly [number, number] {
  if (size && size[0] > 0 && size[1] > 0) return size;
  const boxes = objects.flatMap(({ box }) => (box ? [box] : []));
  return [Math.max(100, ...boxes.map((box) => box[2])), Math.max(100, ...boxes.map((box) => box[3]))];
}

/** Returns the boxes on the drawing, the largest first: what lies over it can still be hit. */
export function placed(size: readonly [number, number], objects: readonly MapObject[]): readonly Placed[] {
  const [width, depth] = size;
  const least = LEAST * Math.max(width, depth);
  return objects
    .flatMap(({ id, box }) => {
      if (!box) return [];
      const [left, front, right, back] = box;
      const [w, d] = [Math.max(least, right - left), Math.max(least, back - front)];
      return [{ id, x: (left + right - w) / 2, y: depth - (front + back + d) / 2, width: w, depth: d }];
    })
    .sort((a, b) => b.width * b.depth - a.width * a.depth);
}
