import { UA, WebSocketInterface } from 'jssip';
import { MadeUpMedia } from './made-up-media.ts';
import type { PageAccount, PagePhone } from './page-phone.ts';

// The script of the page: JsSIP, told what to do from outside, and telling what it sees.

declare function tell(event: string, detail?: string): Promise<void>;

/** The part of JsSIP's session that is used here. */
interface Session {
  readonly direction: 'incoming' | 'outgoing';
  readonly remote_identity: { readonly uri: { toString(): string } };
  on(event: string, told: (said: { originator: string; cause: string }) => void): void;
  answer(options: object): void;
  hold(options: object, done: () => void): boolean;
  unhold(options: object, done: () => void): boolean;
  terminate(): void;
}

const noDevices = { mediaConstraints: { audio: false, video: false } };
let agent: UA | undefined;
let session: Session | undefined;

function follow(next: Session): void {
  session = next;
  if (next.direction === 'incoming') void tell('incoming', next.remote_identity.uri.toString());
  next.on('confirmed', () => void tell('established'));
  for (const event of ['hold', 'unhold']) next.on(event, ({ originator }) => void tell(event, originator));
  for (const event of ['ended', 'failed'])
    next.on(event, ({ originator, cause }) => void tell('closed', `${originator} ${cause}`));
}

const phone: PagePhone = {
  open: ({ url, instance, ...account }: PageAccount) => {
    const sockets = [new WebSocketInterface(url)];
    agent = new UA({ sockets, ...account, instance_id: instance, connection_recovery_min_interval: 1 });
    agent.on('newRTCSession', (event: { session: unknown }) => follow(event.session as Session));
    for (const event of ['connected', 'disconnected', 'registered', 'unregistered'] as const)
      agent.on(event, () => void tell(event));
    agent.on('registrationFailed', ({ cause }: { cause?: string }) => void tell('registrationFailed', cause));
    agent.start();
  },
  close: () => agent?.stop(),
  dial: (uri) => void agent?.call(uri, noDevices),
  accept: () => session?.answer(noDevices),
  hold: () => void session?.hold({}, () => void tell('held')),
  resume: () => void session?.unhold({}, () => void tell('resumed')),
  hangUp: () => session?.terminate(),
};

Object.assign(globalThis, { phone, RTCPeerConnection: MadeUpMedia });
