import { describe, expect, it } from 'vitest';
import { parseTiming } from './timing.ts';

const timing = (text: string) => parseTiming(text.split(','));

describe('FP-03: hours of Asterisk', () => {
  it.each([
    ['9:00-17:59,mon-fri,*,*', [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }]],
    ['*,sat&sun,*,*', [{ days: ['sun', 'sat'], from: '00:00', to: '24:00' }]],
    ['*,fri-mon', [{ days: ['sun', 'mon', 'fri', 'sat'], from: '00:00', to: '24:00' }]],
    ['00:00-23:59,Mon', [{ days: ['mon'], from: '00:00', to: '24:00' }]],
    [
      '22:00-06:00,*,*,*',
      [
        { from: '22:00', to: '24:00' },
        { from: '00:00', to: '06:01' },
      ],
    ],
    [
      '09:00-13:59&16:00-18:59,*',
      [
        { from: '09:00', to: '14:00' },
        { from: '16:00', to: '19:00' },
      ],
    ],
    ['12:00,*', [{ from: '12:00', to: '12:01' }]],
  ])('%s are open as they say, to the end of their last minute', (text, open) => {
    expect(timing(text)).toMatchObject({ field: 'during', open, holidays: [] });
  });

  it.each([
    ['*,*,25,dec', ['12-25']],
    ['*,*,1&6,jan', ['01-01', '01-06']],
    ['*,*,24-26,dec', ['12-24', '12-25', '12-26']],
    ['*,*,29-31,feb', ['02-29']],
    ['*,*,01,nov-jan', ['01-01', '11-01', '12-01']],
  ])('%s are days on which it is closed', (text, holidays) => {
    expect(timing(text)).toMatchObject({ field: 'outside', holidays });
  });

  it.each([
    ['*,*,*,*', 'holds at any time'],
    ['9:00-17:00,*,25,dec', 'holds at hours of some days of the year only, which no schedule says'],
    ['25:00-26:00,*,*,*', 'names no hours that can be read'],
    ['9-17,mon,*,*', 'names no hours that can be read'],
    ['*,workdays,*,*', 'names no days that can be read'],
    ['*,*,32,dec', 'names no days of the year that can be read'],
    ['${HOURS},*,*,*', 'names no hours that can be read'],
  ])('%s is told of', (text, reason) => {
    expect(timing(text)).toBe(reason);
  });

  it('have their own time zone where they say one', () => {
    expect(timing('9:00-17:00,*,*,*,Europe/Berlin')).toMatchObject({ timezone: 'Europe/Berlin' });
  });
});
