/** When something holds, as a Schedule says it. */
export interface Timing {
  /** Whether it is while the schedule is open, or while it is closed. */
  readonly field: 'during' | 'outside';
  readonly open: readonly { readonly days?: readonly string[]; readonly from: string; readonly to: string }[];
  readonly holidays: readonly string[];
  /** As it is written; undefined for that of the exchange. */
  readonly timezone?: string;
  /** What it may be called. */
  readonly name: string;
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const day = 24 * 60;

/** Reads `times,days of the week,days of the month,months[,time zone]`; a text says why no Schedule says so. */
export function parseTiming(words: readonly string[]): Timing | string {
  const [times = '*', days = '*', dates = '*', names = '*'] = words.map(
    (word) => word.trim().toLowerCase() || '*',
  );
  const name = [times, days, dates, names]
    .filter((word) => word !== '*')
    .join('-')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  const shared = { name, ...(words[4]?.trim() && { timezone: words[4].trim() }) };
  if (name === '') return 'holds at any time';
  if (dates !== '*' || names !== '*') {
    if (times !== '*' || days !== '*')
      return 'holds at hours of some days of the year only, which no schedule says';
    const holidays = datesOf(dates, names);
    if (!holidays) return 'names no days of the year that can be read';
    return { ...shared, field: 'outside', open: [{ from: '00:00', to: '24:00' }], holidays };
  }
  const on = daysOf(days);
  const hours = hoursOf(times);
  if (!on || !hours) return `names no ${on ? 'hours' : 'days'} that can be read`;
  const open = hours.map(([from, to]) => ({
    ...(on.length < 7 && { days: on }),
    from: clock(from),
    to: clock(to),
  }));
  return { ...shared, field: 'during', open, holidays: [] };
}

/** `mon-fri&sun` as indexes; the list may go around. */
function indexesOf(text: string, of: readonly string[]): number[] | undefined {
  const found = new Set<number>();
  for (const range of text.split('&')) {
    const [first, last] = range.split('-').map((word) => of.indexOf(word.trim()));
    if (first === undefined || first < 0 || (last !== undefined && last < 0)) return undefined;
    for (let at = first; ; at = (at + 1) % of.length) {
      found.add(at);
      if (at === (last ?? first)) break;
    }
  }
  return [...found].sort((a, b) => a - b);
}

function daysOf(text: string): string[] | undefined {
  if (text === '*') return weekdays;
  return indexesOf(text, weekdays)?.map((index) => weekdays[index]!);
}

/** Days of each year: `12-25`. */
function datesOf(dates: string, names: string): string[] | undefined {
  const all = Array.from({ length: 31 }, (_, index) => String(index + 1));
  const days =
    dates === '*' ? all.map((_, index) => index) : indexesOf(dates.replaceAll(/\b0(?=\d)/g, ''), all);
  const of = names === '*' ? months.map((_, index) => index) : indexesOf(names, months);
  return of && days?.length
    ? of.flatMap((month) =>
        days.filter((each) => each < lengths[month]!).map((each) => `${two(month + 1)}-${two(each + 1)}`),
      )
    : undefined;
}

/** Minutes since midnight, the end of each after its last one; what goes over midnight belongs to the day that it is. */
function hoursOf(text: string): [from: number, to: number][] | undefined {
  if (text === '*') return [[0, day]];
  const found: [number, number][] = [];
  for (const range of text.split('&')) {
    const [from, to = from] = range.split('-').map((time) => minuteOf(time.trim()));
    if (from === undefined || to === undefined) return undefined;
    if (from <= to) found.push([from, to + 1]);
    else found.push([from, day], [0, to + 1]);
  }
  return found;
}

function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(hours) < 24 && Number(minutes) < 60 ? minute : undefined;
}

function clock(minute: number): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
