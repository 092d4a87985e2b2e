import { describe, expect, it } from 'vitest';
import { scheduleAt, scheduleSchema } from './schedule.ts';

const office = scheduleSchema.parse({
  timezone: 'Europe/Madrid',
  open: [
    { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
    { days: ['sat'], from: '22:00', to: '02:00' },
  ],
  holidays: ['12-25', '2026-10-12'],
});

describe('a schedule', () => {
  const moments: [string, boolean][] = [
    ['2026-11-20T07:59:59Z', false],
    ['2026-11-20T08:00:00Z', true],
    ['2026-11-20T16:59:59Z', true],
    ['2026-11-20T17:00:00Z', false],
    // Saturday, and the night that follows it.
    ['2026-11-21T20:59:59Z', false],
    ['2026-11-21T21:00:00Z', true],
    ['2026-11-22T00:59:59Z', true],
    ['2026-11-22T01:00:00Z', false],
    // Holidays of one year, and of each.
    ['2026-10-12T10:00:00Z', false],
    ['2027-10-12T10:00:00Z', true],
    ['2026-12-25T10:00:00Z', false],
    ['2028-12-25T10:00:00Z', false],
    // Summer time: 09:00 is an hour earlier. It begins on 29 March 2026 and ends on 25 October.
    ['2026-03-27T07:30:00Z', false],
    ['2026-03-30T07:30:00Z', true],
    ['2026-10-23T07:30:00Z', true],
    ['2026-10-26T07:30:00Z', false],
  ];
  it.each(moments)('FP-03: at %s it is open: %s', (moment, isOpen) => {
    expect(scheduleAt(office, Date.parse(moment)).isOpen).toBe(isOpen);
  });

  it('keeps to the clock in the nights in which that is changed', () => {
    const night = { ...office, open: [{ days: ['sun'], from: 2 * 60, to: 3 * 60 }] } as typeof office;
    // In March there is no such hour, in October there are two.
    const openMinutes = (from: string) =>
      Array.from({ length: 240 }, (_, minute) => Date.parse(from) + minute * 60_000).filter(
        (now) => scheduleAt(night, now).isOpen,
      ).length;
    expect(openMinutes('2026-03-29T00:00:00Z')).toBe(0);
    expect(openMinutes('2026-10-25T00:00:00Z')).toBe(120);
    expect(openMinutes('2026-11-01T00:00:00Z')).toBe(60);
  });

  it('says what the clock shows', () => {
    const { shown } = scheduleAt(office, Date.parse('2026-07-01T12:00:00Z'));
    expect(shown).toBe('wed 2026-07-01 14:00 Europe/Madrid');
  });

  it.each([
    [{ timezone: 'Europe/Madrit' }, 'must be a time zone such as Europe/Madrid'],
    [{ timezone: 'UTC', open: [{ from: '9:00', to: '10:00' }] }, 'must be a time such as 09:00'],
    [{ timezone: 'UTC', open: [{ from: '09:00', to: '24:01' }] }, 'must be a time such as 09:00'],
    [{ timezone: 'UTC', holidays: ['25-12'] }, 'must be a day such as 2026-12-25 or 12-25'],
  ])('%j is none', (spec, problem) => {
    expect(scheduleSchema.safeParse(spec).error?.issues[0]?.message).toBe(problem);
  });
});
