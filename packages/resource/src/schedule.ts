import { z } from 'zod';

/** Days of the week, as a schedule and `Intl` name them. */
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Weekday = (typeof weekdays)[number];

/** When something is open, in the time of a place. */
export interface ScheduleSpec {
  /** A name of the IANA time zone database. */
  readonly timezone: string;
  readonly open: readonly OpenHours[];
  /** `2026-12-25`, or `12-25` for that day of each year. */
  readonly holidays: readonly string[];
}

interface OpenHours {
  readonly days: readonly Weekday[];
  /** Minutes since midnight. */
  readonly from: number;
  /** Where it is not after `from`, of the next day. */
  readonly to: number;
}

const day = 24 * 60;

const clock = z
  .string()
  .regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/, 'must be a time such as 09:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const open = z.strictObject({
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .max(7)
    .default([...weekdays])
    .describe('Days of the week.'),
  from: clock.describe('When it opens, such as `09:00`.'),
  to: clock.describe('When it closes; where that is not after `from`, on the next day.'),
});

export const scheduleSchema: z.ZodType<ScheduleSpec> = z.strictObject({
  timezone: z
    .string()
    .max(64)
    .refine(isTimezone, 'must be a time zone such as Europe/Madrid')
    .describe('The time zone, such as `Europe/Madrid`.'),
  open: z
    .array(open)
    .max(64)
    .default([])
    .describe(
      'Hours, each `{ days: [mon, tue], from: "09:00", to: "18:00" }`; every day when `days` is unset.',
    ),
  holidays: z
    .array(
      z
        .string()
        .regex(
          /^(?:[0-9]{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/,
          'must be a day such as 2026-12-25 or 12-25',
        ),
    )
    .max(400)
    .default([])
    .describe('Days that are closed: `2026-12-25`, or `12-25` for each year.'),
});

function isTimezone(name: string): boolean {
  try {
    return clockOf(name) !== undefined;
  } catch {
    return false;
  }
}

/** Making one takes longer than a decision; there are some 600 zones. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  clocks.set(timeZone, made);
  return made;
}

/** What clocks and calendars show somewhere. */
interface LocalTime {
  readonly weekday: Weekday;
  /** `2026-12-25` */
  readonly date: string;
  /** Since midnight, by the clock: in the night when clocks change a minute may come twice, or never. */
  readonly minute: number;
}

function localTime(timezone: string, now: number): LocalTime {
  const parts = new Map(
    clockOf(timezone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  return {
    weekday: parts.get('weekday')!.toLowerCase() as Weekday,
    date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

/** Whether a schedule is open, and what the clock shows there; `now` in milliseconds since 1970. */
export function scheduleAt(
  { timezone, open: hours, holidays }: ScheduleSpec,
  now: number,
): { readonly isOpen: boolean; readonly shown: string } {
  const today = localTime(timezone, now);
  const { weekday, date, minute } = today;
  const isHoliday = (of: string): boolean => holidays.includes(of) || holidays.includes(of.slice(5));
  const yesterday = dayBefore(today);
  const isOpen = hours.some(({ days, from, to }) => {
    const isOvernight = to <= from;
    const isToday = days.includes(weekday) && !isHoliday(date);
    if (isToday && minute >= from && minute < (isOvernight ? day : to)) return true;
    // What opened yesterday evening belongs to yesterday, a holiday or not.
    return isOvernight && minute < to && days.includes(yesterday.weekday) && !isHoliday(yesterday.date);
  });
  const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return { isOpen, shown: `${weekday} ${date} ${time} ${timezone}` };
}

function dayBefore({ weekday, date }: LocalTime): { readonly weekday: Weekday; readonly date: string } {
  const before = new Date(Date.parse(`${date}T12:00:00Z`) - day * 60_000);
  const index = (weekdays.indexOf(weekday) + weekdays.length - 1) % weekdays.length;
  return { weekday: weekdays[index]!, date: before.toISOString().slice(0, 10) };
}
