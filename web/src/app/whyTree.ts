import type { TimelineItem } from "@api/types";

/** An event in the tree of causes; `item` is missing where the reader may not see it or it is not there. */
export interface Branch {
  id: string;
  item: TimelineItem | undefined;
  /** It stands further up already, so its causes are not drawn twice. */
  again: boolean;
  causes: Branch[];
}

/** The walk as a tree: every event once with its causes, a later mention only as a pointer. */
export function branches(why: { items: TimelineItem[] }): Branch[] {
  const known = new Map(why.items.map((item) => [item.id, item]));
  const drawn = new Set<string>();
  const grow = (id: string): Branch => {
    const item = known.get(id);
    const again = drawn.has(id);
    drawn.add(id);
    return { id, item, again, causes: again || !item ? [] : item.because.map(grow) };
  };
  return why.items.slice(0, 1).map((item) => grow(item.id));
}
