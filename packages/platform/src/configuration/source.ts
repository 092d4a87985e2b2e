/** Where the configuration comes from; `T` is a snapshot of all of it. */
export interface ConfigurationSource<T> {
  /** The first snapshot; listen before. Rejects when it cannot be had: then nothing is watched. */
  start(): Promise<T>;
  /** Tells each later snapshot, and the same again when a rejected change was taken back. */
  onChange(listener: (snapshot: T) => void): void;
  /** Tells why a change was rejected, most often a `Fault`. The previous snapshot stays in force. */
  onFault(listener: (fault: Error) => void): void;
  /** Nothing is told afterwards. */
  close(): Promise<void>;
}
