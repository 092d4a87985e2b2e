import type { Fault } from '@tandem/sip';

/** Where the configuration comes from; `T` is a snapshot of all of it. */
export interface ConfigurationSource<T> {
  /** The first snapshot. Rejects when it cannot be had; then nothing is watched. */
  start(): Promise<T>;
  /** Tells each later snapshot. What was rejected never comes here: the previous snapshot stays in force. */
  onChange(listener: (snapshot: T) => void): void;
  /** Tells why a change was rejected. */
  onFault(listener: (fault: Fault) => void): void;
  /** Nothing is told afterwards. */
  close(): Promise<void>;
}
