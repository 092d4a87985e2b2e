const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** The seconds of `90s`, `15m`, `24h`, `30d`, or of a number alone; undefined for anything else. */
export function readDuration(text: string): number | undefined {
  const [, digits, unit = 's'] = /^([0-9]{1,9})([smhd])?$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * unitSeconds[unit]!;
}
