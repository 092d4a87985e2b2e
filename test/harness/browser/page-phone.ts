/** What the phone of a page is told. */
export interface PageAccount {
  readonly uri: string;
  readonly password: string;
  /** `ws://` or `wss://`. */
  readonly url: string;
  /** What tells the browser from others, over all pages that it loads: a UUID. */
  readonly instance: string;
}

/** What a test lets a page do. */
export interface PagePhone {
  open(account: PageAccount): void;
  close(): void;
  dial(uri: string): void;
  accept(): void;
  hold(): void;
  resume(): void;
  hangUp(): void;
}
