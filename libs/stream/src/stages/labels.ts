/** The counters of a position with those of a batch added. */
export function addLabels(
  totals: Readonly<Record<string, number>>,
  batch: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  if (batch.size === 0) return totals;
  const sums = { ...totals };
  for (const [label, count] of batch) sums[label] = (sums[label] ?? 0) + count;
  return sums;
}

export function countLabel(labels: Map<string, number>, label: string, by = 1): void {
  labels.set(label, (labels.get(label) ?? 0) + by);
}
