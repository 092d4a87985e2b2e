/** A NAPTR record (RFC 3403 §4.1). */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly services: string;
  /** A name without its last dot. */
  readonly replacement: string;
}

/** An SRV record (RFC 2782). */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** A name without its last dot; `.` or nothing says that the service is decidedly not there. */
  readonly target: string;
}

/** What DNS says of a name, by the type of record that is asked for. Addresses are literals without brackets. */
export interface Records {
  readonly NAPTR: NaptrRecord;
  readonly SRV: SrvRecord;
  readonly A: string;
  readonly AAAA: string;
}

export type RecordType = keyof Records;

/** What is asked of DNS. */
export interface Question {
  readonly type: RecordType;
  /** Lower case, without a last dot. */
  readonly name: string;
}

/**
 * What is known of a name: its records, of which there may be none; `failed` when nobody could be asked, `refused` when
 * who was asked did not say; undefined when nobody has asked yet.
 */
export type Known<T extends RecordType> = readonly Records[T][] | 'failed' | 'refused' | undefined;

/** Tells what is known, at once. */
export type Answers = <T extends RecordType>(type: T, name: string) => Known<T>;
