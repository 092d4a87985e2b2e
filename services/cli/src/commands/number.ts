import { InvalidArgumentError, Option } from 'commander';

/** A flag that takes seconds, more than none; its value is their number. */
export function secondsOption(flags: string, description: string): Option {
  return option(flags, description, 'must be a number of seconds, more than 0', (value) => value > 0);
}

/** A flag that takes a number with up to three decimals. */
export function numberOption(flags: string, description: string): Option {
  return option(flags, description, 'must be a number', (value) => !Number.isNaN(value));
}

/** A flag that takes a whole number, more than none. */
export function countOption(flags: string, description: string): Option {
  return option(
    flags,
    description,
    'must be a whole number, more than 0',
    (value) => value > 0 && Number.isInteger(value),
  );
}

/** A flag that takes a whole number, or none. */
export function wholeOption(flags: string, description: string): Option {
  return option(flags, description, 'must be a whole number', Number.isInteger);
}

function option(
  flags: string,
  description: string,
  problem: string,
  accepts: (value: number) => boolean,
): Option {
  return new Option(flags, description).argParser((text) => {
    const value = /^[0-9]{1,6}(\.[0-9]{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (accepts(value)) return value;
    throw new InvalidArgumentError(problem);
  });
}
