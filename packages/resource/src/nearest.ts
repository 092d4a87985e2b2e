/** Beyond so many candidates the search stops: a wrong number in a large tenant must stay cheap. */
const candidateCap = 5_000;
const shown = 3;

/** Up to three candidates that a typing error turns into `text`, nearest first. */
export function nearest(text: string, candidates: Iterable<string>): string[] {
  const tolerance = Math.max(1, Math.floor(text.length / 2));
  const found: { candidate: string; distance: number }[] = [];
  let seen = 0;
  for (const candidate of candidates) {
    if (++seen > candidateCap) break;
    if (Math.abs(candidate.length - text.length) > tolerance) continue;
    const distance = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (distance <= tolerance) found.push({ candidate, distance });
  }
  found.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return found.slice(0, shown).map(({ candidate }) => candidate);
}

/** `, nearest: a, b`, or nothing when nothing is near. */
export function nearestHint(text: string, candidates: Iterable<string>): string {
  const names = nearest(text, candidates);
  return names.length === 0 ? '' : `, nearest: ${names.join(', ')}`;
}

/** Insertions, deletions and replacements that turn one text into the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = row[j]! + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
