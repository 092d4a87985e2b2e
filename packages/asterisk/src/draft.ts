import type { Kind } from '@tandem/resource';
import type { Place } from './place.ts';

/** A value that goes into a resource, and the lines that it comes from. */
interface Cell {
  readonly value: unknown;
  readonly places: readonly Place[];
}

/** A resource that is being made. Each of its fields knows the lines that it comes from. */
export class Draft {
  readonly kind: Kind;
  readonly name: string;
  /** The lines that the whole resource comes from. */
  readonly places: readonly Place[];
  /** By the path of the field below `spec`; a list has a cell for each element. */
  readonly #fields = new Map<string, Cell | Cell[]>();

  constructor(kind: Kind, name: string, places: readonly Place[]) {
    this.kind = kind;
    this.name = name;
    this.places = places;
  }

  set(field: string, value: unknown, ...places: readonly Place[]): void {
    this.#fields.set(field, { value, places });
  }

  /** Adds an element to a list; one that is there already gets the lines as well. */
  add(field: string, value: unknown, ...places: readonly Place[]): void {
    const cells = this.#list(field);
    const at = cells.findIndex((cell) => cell.value === value);
    if (at < 0) cells.push({ value, places });
    else cells[at] = { value, places: [...cells[at]!.places, ...places] };
    this.#fields.set(field, cells);
  }

  /** The value of a field, or the values of a list. */
  get(field: string): unknown {
    const found = this.#fields.get(field);
    return Array.isArray(found) ? found.map(({ value }) => value) : found?.value;
  }

  #list(field: string): Cell[] {
    const found = this.#fields.get(field);
    return Array.isArray(found) ? found : [];
  }

  /** Takes out what a path such as `spec.aliases[1]` names, and returns its lines; undefined when nothing does. */
  drop(path: string): readonly Place[] | undefined {
    const [, field = '', index] = /^spec\.(.*?)(?:\[(\d+)\].*)?$/.exec(path) ?? [];
    for (let at = field; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
      const found = this.#fields.get(at);
      if (!found) continue;
      if (Array.isArray(found) && index !== undefined) return found.splice(Number(index), 1)[0]?.places;
      this.#fields.delete(at);
      return [found].flat().flatMap(({ places }) => places);
    }
    const below = [...this.#fields.keys()].filter((each) => each.startsWith(`${field}.`));
    if (field === '' || below.length === 0) return undefined;
    return below.flatMap((each) => this.drop(`spec.${each}`) ?? []);
  }

  /** All lines that it comes from. */
  allPlaces(): readonly Place[] {
    const cells = [...this.#fields.values()].flat();
    return [...this.places, ...cells.flatMap(({ places }) => places)];
  }

  /** The document of the resource. */
  document(tenant: string): object {
    const spec: Record<string, unknown> = {};
    for (const [field, found] of this.#fields) {
      const value = Array.isArray(found) ? found.map((cell) => cell.value) : found.value;
      if (!Array.isArray(found) || found.length > 0) put(spec, field.split('.'), value);
    }
    const metadata = this.kind === 'Tenant' ? { name: this.name } : { tenant, name: this.name };
    return { apiVersion: 'tandem/v1', kind: this.kind, metadata, spec };
  }
}

function put(into: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  into[first] ??= {};
  put(into[first] as Record<string, unknown>, rest, value);
}
