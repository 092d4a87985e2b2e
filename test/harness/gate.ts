import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a TCP port of 127.0.0.1 that can be barred: its connections break, and new ones are refused. */
export class Gate {
  readonly port: number;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #server: Server;

  private constructor(target: number, server: Server) {
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    server.on('connection', (socket) => this.#join(socket));
  }

  static async open(target: number): Promise<Gate> {
    return new Gate(target, await listen(0));
  }

  async bar(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async reopen(): Promise<void> {
    this.#server = await listen(this.port);
    this.#server.on('connection', (socket) => this.#join(socket));
  }

  #join(socket: Socket): void {
    const target = connect(this.#target, '127.0.0.1');
    for (const end of [socket, target]) {
      this.#sockets.add(end);
      end
        .on('error', () => undefined)
        .on('close', () => {
          this.#sockets.delete(end);
          socket.destroy();
          target.destroy();
        });
    }
    socket.pipe(target).pipe(socket);
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
