export const LIMITS = [
  ["hh", "高高限"],
  ["h", "高限"],
  ["l", "低限"],
  ["ll", "低低限"],
] as const;

/** The first pair of limits that stands in the wrong order, in words. */
export function orderFault(values: Partial<Record<"hh" | "h" | "l" | "ll", number | null>>): string | null {
  const set = LIMITS.map(([key, name]) => ({ name, value: values[key] })).filter(
    (each): each is { name: (typeof LIMITS)[number][1]; value: number } => typeof each.value === "number",
  );
  for (let at = 1; at < set.length; at += 1) {
    const [above, below] = [set[at - 1], set[at]];
    if (above && below && above.value <= below.value) return `${above.name}应大于${below.name}`;
  }
  return null;
}
