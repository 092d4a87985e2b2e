import { InvalidArgumentError, Option } from 'commander';

/** A flag that takes seconds, more than none; its value is their number. */
export function secondsOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const value = /^[0-9]{1,6}(\.[0-9]{1,3})?$/.test(text) ? Number(text) : 0;
    if (value > 0) return value;
    throw new InvalidArgumentError('must be a number of seconds, more than 0');
  });
}
