import { constants } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  createServer,
  type SecureContext,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import type { Log } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { hostPort } from '../flow.ts';
import {
  type Credential,
  type CredentialFiles,
  type Credentials,
  fingerprint,
  readCredentials,
} from './credentials.ts';
import { plainName, provenNames, proves } from './proven-names.ts';
import { refusal } from './refusal.ts';

/** Milliseconds between two looks at the files. What has changed is read when it has stayed the same for one more. */
const interval = 1_000;
/** Milliseconds that a handshake may take. */
const handshakeTimeout = 10_000;

/** Whom to connect to, and the name that is to be proven. */
export interface PeerName {
  readonly host: string;
  readonly port: number;
  readonly name: string;
}

type Secured = (socket: TLSSocket, proven: readonly string[]) => void;

/** The certificates of this edge, always as their files are: handshakes that begin take the latest. */
export class Certificates {
  readonly #files: CredentialFiles;
  readonly #log: Log;
  readonly #server: Server;
  readonly #timer: NodeJS.Timeout;
  /** What is to be done with connections whose handshake is under way, by their two ends. */
  readonly #accepting = new Map<string, Secured>();
  #credentials: Credentials;
  #marks: { readonly read: string; readonly seen: string };
  #looking = false;

  private constructor(files: CredentialFiles, credentials: Credentials, mark: string, log: Log) {
    this.#files = files;
    this.#credentials = credentials;
    this.#marks = { read: mark, seen: mark };
    this.#log = log;
    this.#server = this.#serve();
    this.#timer = setInterval(() => void this.#look(), interval).unref();
  }

  /** Rejects with a Fault that names the file that cannot be used. */
  static async open(files: CredentialFiles, log: Log): Promise<Certificates> {
    const mark = await fingerprint(files);
    const certificates = new Certificates(files, await readCredentials(files), mark, log);
    certificates.#tell('certificates were read');
    return certificates;
  }

  /** Milliseconds since 1970 at which the first of the certificates ends. */
  get endMs(): number {
    return Math.min(...this.#credentials.all.map(({ certificate }) => Date.parse(certificate.validTo)));
  }

  /** Lets the peer of a connection shake hands; `secured` is called when it has, with the names that it has proven. */
  accept(socket: Socket, secured: Secured): void {
    const ends = endsOf(socket);
    this.#accepting.set(ends, secured);
    socket.once('close', () => this.#accepting.delete(ends));
    this.#server.emit('connection', socket);
  }

  /** Begins a connection; nothing may be sent over it before it has passed `examine`. */
  connect({ host, port, name }: PeerName, from: { readonly localAddress?: string } = {}): TLSSocket {
    const { context } = this.#credentials.all[0];
    const named = isIP(plainName(name)) === 0 ? { servername: plainName(name) } : {};
    // Refused by `examine`, which can tell whose certificate it is and when it ended.
    const refused = { rejectUnauthorized: false, checkServerIdentity: () => undefined };
    const options: ConnectionOptions = { host, port, ...from, secureContext: context, ...named, ...refused };
    const socket = tlsConnect(options);
    return socket.setNoDelay(true);
  }

  /** The names that the peer of a connection of ours has proven, or why it is not who was wanted. */
  examine(socket: TLSSocket, name: string): readonly string[] | Fault {
    const certificate = socket.getPeerX509Certificate();
    const { remoteAddress = '', remotePort = 0 } = socket;
    const peer = hostPort(remoteAddress, remotePort);
    if (!certificate || !socket.authorized)
      return refusal(certificate, name, socket.authorizationError, peer);
    const proven = provenNames(certificate);
    return proves(proven, name) ? proven : refusal(certificate, name, 'issued for another name', peer);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #serve(): Server {
    const { all, asksPeers } = this.#credentials;
    const server = createServer({
      ...serverOptions(all[0], asksPeers),
      requestCert: asksPeers,
      // Whoever has no certificate, or one that proves nothing here, is asked for credentials like everybody else.
      rejectUnauthorized: false,
      handshakeTimeout,
      noDelay: true,
      SNICallback: (name, done) => done(null, this.#contextFor(name)),
    });
    server.on('secureConnection', (socket) => this.#secured(socket));
    server.on('tlsClientError', (error, socket) => {
      this.#log.debug({ source: socket.remoteAddress, err: error }, 'a TLS handshake has failed');
      socket.destroy();
    });
    return server;
  }

  /** RFC 6066 §3: the certificate for the name that the peer asks for; a name that nobody has gets the first. */
  #contextFor(name: string): SecureContext {
    const { all } = this.#credentials;
    return (all.find(({ certificate }) => certificate.checkHost(name) !== undefined) ?? all[0]).context;
  }

  #secured(socket: TLSSocket): void {
    const ends = endsOf(socket);
    const secured = this.#accepting.get(ends);
    this.#accepting.delete(ends);
    if (!secured) socket.destroy();
    else secured(socket, this.#provenBy(socket));
  }

  #provenBy(socket: TLSSocket): readonly string[] {
    const certificate = this.#credentials.asksPeers ? socket.getPeerX509Certificate() : undefined;
    if (!certificate) return [];
    if (socket.authorized) return provenNames(certificate);
    const peer = hostPort(socket.remoteAddress ?? '', socket.remotePort ?? 0);
    const fault = refusal(certificate, 'any authority of ours', socket.authorizationError, peer);
    this.#log.info({ fault: fault.kind.code }, fault.message);
    return [];
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const mark = await fingerprint(this.#files);
    const { read, seen } = this.#marks;
    // Two files are rarely written at the same moment.
    const isSettled = mark === seen && mark !== read;
    this.#marks = { read: isSettled ? mark : read, seen: mark };
    if (isSettled) await this.#reload();
    this.#looking = false;
  }

  async #reload(): Promise<void> {
    try {
      const credentials = await readCredentials(this.#files);
      this.#server.setSecureContext(serverOptions(credentials.all[0], credentials.asksPeers));
      this.#credentials = credentials;
      this.#tell('certificates have changed and were read again');
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#log.error({ fault: error.kind.code }, `${error.message}; the certificates of before stay`);
    }
  }

  #tell(message: string): void {
    for (const { certificate } of this.#credentials.all) {
      const end = new Date(certificate.validTo);
      const names = provenNames(certificate);
      const isOver = end.getTime() < Date.now();
      this.#log[isOver ? 'warn' : 'info']({ names, end: end.toISOString(), isOver }, message);
    }
  }
}

/** A session that is resumed shows no certificate again: one of an authority that is gone would still count. */
function serverOptions({ options }: Credential, asksPeers: boolean): SecureContextOptions {
  return asksPeers ? { ...options, secureOptions: constants.SSL_OP_NO_TICKET } : options;
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
