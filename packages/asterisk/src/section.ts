import type { Place } from './place.ts';

/** `name = value`, or `name => value`. */
export interface Option {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  readonly place: Place;
}

/** `[name]` with its options, those of its templates first. Several may have the same name. */
export interface Section {
  readonly name: string;
  readonly place: Place;
  readonly template: boolean;
  readonly options: readonly Option[];
}
