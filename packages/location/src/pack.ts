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
  /** From here on only what has to be there; empty where the flow has none. */
  localHost?: string,
  keepAlive?: number,
  unreachableSince?: number | null,
  latency?: number | null,
];

type Health = [
  localHost?: string,
  keepAlive?: number,
  unreachableSince?: number | null,
  latency?: number | null,
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
  const { localHost } = flow;
  const { keepAlive } = binding;
  if (keepAlive === undefined) return localHost === undefined ? row : [...row, localHost];
  return [...row, localHost ?? '', keepAlive, binding.unreachableSince ?? null, binding.latency ?? null];
}

function toBinding(row: Row): Binding {
  const [contact, q, expiresAt, callId, cseq, instance, regId, path, edge, transport, host] = row;
  const [port, localPort, connection, userAgent, sinceUpdate, sinceRegistration] = row.slice(11) as [
    number,
    number,
    number,
    string,
    number,
    number,
  ];
  const [localHost = '', keepAlive, unreachableSince, latency] = row.slice(columns.length) as Health;
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
      ...(localHost !== '' && { localHost }),
      connection,
    },
    userAgent,
    ...(keepAlive !== undefined && { keepAlive }),
    ...(unreachableSince != null && { unreachableSince }),
    ...(latency != null && { latency }),
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
const optionalColumns = [isText, isNumber, isOptionalNumber, isOptionalNumber];

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row) || row.length < columns.length) return false;
  const valid = [...columns, ...optionalColumns].slice(0, row.length);
  return row.length === valid.length && valid.every((isValid, index) => isValid(row[index]));
}
