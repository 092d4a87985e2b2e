/** Beyond so many candidates the search stops: a wrong number in a large tenant must stay cheap. */
const candidateCap = 1_000;
const shown = 3;

/** Up to three candidates that a typing error turns into `text`, nearest first. */
export function nearest(text: string, candidates: Iterable<string>): string[] {
  const tolerance = Math.max(1, Math.floor(text.length / 2));
  const lower = text.toLowerCase();
  const found: { candidate: string; distance: number }[] = [];
  let seen = 0;
  for (const candidate of candidates) {
    if (++seen > candidateCap) break;
    if (Math.abs(candidate.length - text.length) > tolerance) continue;
    const distance = editDistance(lower, candidate.toLowerCase(), tolerance);
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

/** Insertions, deletions and replacements that turn one text into the other (Levenshtein); given up over `cap`. */
function editDistance(a: string, b: string, cap: number): number {
  const row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 0; i < a.length; i++) {
    let diagonal = row[0]!;
    let least = i + 1;
    row[0] = least;
    for (let j = 0; j < b.length; j++) {
      const replaced = diagonal + (a.charCodeAt(i) === b.charCodeAt(j) ? 0 : 1);
      diagonal = row[j + 1]!;
      row[j + 1] = Math.min(replaced, diagonal + 1, row[j]! + 1);
      least = Math.min(least, row[j + 1]!);
    }
    if (least > cap) return least;
  }
  return row[b.length]!;
}
