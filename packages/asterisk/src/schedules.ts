import type { Drafts } from './drafts.ts';
import type { Place } from './place.ts';
import type { Timing } from './timing.ts';

/** A condition of a Route or of a rule of a Number. */
export type TimeCondition = Partial<Record<'during' | 'outside', string>>;

/** Makes a Schedule of each timing that something goes by. */
export class Schedules {
  readonly #drafts: Drafts;
  readonly #timezone: string;
  /** Names by what they say. */
  readonly #names = new Map<string, string>();

  /** `timezone` is that of the exchange. */
  constructor(drafts: Drafts, timezone: string) {
    this.#drafts = drafts;
    this.#timezone = timezone;
  }

  condition({ name: wanted, field, ...timing }: Timing, place: Place): TimeCondition {
    const key = JSON.stringify(timing);
    const name = this.#names.get(key) ?? this.#drafts.freeName('Schedule', wanted);
    this.#names.set(key, name);
    const draft = this.#drafts.make('Schedule', name, place) ?? this.#drafts.get('Schedule', name)!;
    const { timezone = this.#timezone, open, holidays } = timing;
    draft.set('timezone', timezone, place);
    draft.set('open', open, place);
    if (holidays.length > 0) draft.set('holidays', holidays, place);
    return { [field]: name };
  }
}
