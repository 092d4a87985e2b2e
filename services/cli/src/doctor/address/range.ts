import type { HopFinding } from './hop.ts';

/** What was found at one port of a range. */
export interface PortFinding {
  readonly port: number;
  readonly finding: HopFinding;
}

/** One finding for the ports of a worker: all alike, or where the range is cut. `at` is its address. */
export function judgeRange(at: string, findings: readonly PortFinding[]): HopFinding {
  const broken = findings.filter(({ finding }) => !finding.ok);
  const [first] = broken;
  if (!first) {
    const ports = findings.map(({ port }) => port);
    const seen = findings[0]?.finding.value ?? 'nothing to try';
    return { ok: true, value: `${ports[0]}-${ports.at(-1)}: ${seen}`, hint: '' };
  }
  const well = findings.filter(({ finding }) => finding.ok);
  if (well.length === 0) return first.finding;
  const listOf = (ports: readonly PortFinding[]): string => ports.map(({ port }) => port).join(', ');
  return {
    ok: false,
    value: `of ${at}, ports ${listOf(well)} are open, ${listOf(broken)} are not: ${first.finding.value}`,
    hint: 'A part of TANDEM_RTP_LISTEN is missing in a firewall, a Service or a DNAT: open all of it, or make the range smaller.',
    // What led some of them there leads the others nowhere.
    isCertain: true,
  };
}
