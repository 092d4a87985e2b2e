import type { Binding } from './binding.ts';

/** A binding as a row of JSON. */
type Row = readonly [
  contact: string,
  q: number,
  expiresAt: number,
  callId: string,
  cseq: number,
  instance: string | null,
  regId: number | null,
  path: readonly string[],
  edge: string,
  transport: string,
  host: string,
  port: number,
  localPort: number,
  connection: number,
  userAgent: string,
  /** How long before `expiresAt` the binding was refreshed, and how long before that it was registered. */
  sinceUpdate: number,
  sinceRegistration: number,
  /** Only there where the flow has one. */
  localHost?: string,
];

/** Bindings as one text: as objects they would take four times the memory. */
export function packBindings(bindings: readonly Binding[]): string {
  return JSON.stringify(bindings.map(toRow));
}

export function unpackBindings(packed: string): Binding[] {
  return (JSON.parse(packed) as Row[]).map(toBinding);
}

/** One binding as a text of its own. */
export function packBinding(binding: Binding): string {
  return JSON.stringify(toRow(binding));
}

/** Undefined when it is not what `packBinding` writes: another release may have written it. */
export function unpackBinding(packed: string): Binding | undefined {
  try {
    const row: unknown = JSON.parse(packed);
    return isRow(row) ? toBinding(row) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads what may be damaged; undefined when it is not what `packBindings` writes. */
export function unpackDamaged(packed: unknown): Binding[] | undefined {
  if (!Array.isArray(packed) || !packed.every(isRow)) return undefined;
  return packed.map(toBinding);
}

function toRow({ flow, ...binding }: Binding): Row {
  const row = [
    binding.contact,
    binding.q,
    binding.expiresAt,
    binding.callId,
    binding.cseq,
    binding.instance ?? null,
    binding.regId ?? null,
    binding.path,
    flow.edge,
    flow.transport,
    flow.host,
    flow.port,
    flow.localPort,
    flow.connection,
    binding.userAgent,
    binding.expiresAt - binding.updatedAt,
    binding.updatedAt - binding.registeredAt,
  ] as const;
  return flow.localHost === undefined ? row : [...row, flow.localHost];
}

function toBinding(row: Row): Binding {
  const [contact, q, expiresAt, callId, cseq, instance, regId, path, edge, transport, host] = row;
  const [port, localPort, connection, userAgent, sinceUpdate, sinceRegistration, localHost] = row.slice(
    11,
  ) as [number, number, number, string, number, number, string?];
  return {
    contact,
    q,
    expiresAt,
    callId,
    cseq,
    ...(instance !== null && { instance }),
    ...(regId !== null && { regId }),
    path,
    flow: {
      edge,
      transport,
      host,
      port,
      localPort,
      ...(localHost !== undefined && { localHost }),
      connection,
    },
    userAgent,
    registeredAt: expiresAt - sinceUpdate - sinceRegistration,
    updatedAt: expiresAt - sinceUpdate,
  };
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => Number.isFinite(value);
const isOptionalText = (value: unknown) => value === null || isText(value);
const isOptionalNumber = (value: unknown) => value === null || isNumber(value);
const isTextList = (value: unknown) => Array.isArray(value) && value.every(isText);

const columns: readonly ((value: unknown) => boolean)[] = [
  isText,
  isNumber,
  isNumber,
  isText,
  isNumber,
  isOptionalText,
  isOptionalNumber,
  isTextList,
  isText,
  isText,
  isText,
  isNumber,
  isNumber,
  isNumber,
  isText,
  isNumber,
  isNumber,
];
const optionalColumns = [isText];

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row) || row.length < columns.length) return false;
  const valid = [...columns, ...optionalColumns].slice(0, row.length);
  return row.length === valid.length && valid.every((isValid, index) => isValid(row[index]));
}
