import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { edge } from '@tandem/contract';
import { load, type Snapshot, type Trunk } from '@tandem/resource';
import type { Asked } from './uses/edges.ts';

/** A configuration with trunks of the tenant acme, by name. */
export async function snapshotOf(trunks: Readonly<Record<string, object>>): Promise<Snapshot> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-trunk-'));
  try {
    const tenant = { kind: 'Tenant', metadata: { name: 'acme' }, spec: { domains: ['acme.example'] } };
    const all = Object.entries(trunks).map(([name, spec]) => ({
      kind: 'Trunk',
      metadata: { tenant: 'acme', name },
      spec,
    }));
    const documents = [tenant, ...all].map((each) => JSON.stringify({ apiVersion: 'tandem/v1', ...each }));
    await writeFile(join(folder, 'all.yaml'), documents.join('\n---\n'));
    return await load(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const carrier: Readonly<Record<'contacts' | 'auth' | 'registration', object>> = {
  contacts: ['sip:sip.carrier.example'],
  auth: { username: 'acct', password: 'secret', realm: 'carrier.example' },
  registration: { expires: 600, retry: 60 },
};

export async function trunkOf(spec: object = carrier): Promise<Trunk> {
  return (await snapshotOf({ carrier: spec })).trunk('acme', 'carrier')!;
}

type Said = Partial<edge.Answer> | ((ask: edge.Ask) => Partial<edge.Answer>);

/** An edge whose peer says one thing after the other; the last one for ever. */
export class ScriptedEdge {
  readonly asks: edge.Ask[] = [];
  /** Where a URI leads. */
  outlook: (look: edge.Look) => Partial<edge.Outlook> = () => ({ places: [placeOf('unknown')] });
  readonly #script: Said[];
  serving = true;

  constructor(...script: readonly Said[]) {
    this.#script = [...script];
  }

  async ask(ask: edge.Ask): Promise<Asked> {
    this.asks.push(ask);
    const said = this.#script.length > 1 ? this.#script.shift()! : this.#script[0]!;
    const content = typeof said === 'function' ? said(ask) : said;
    const contact = ask.contact ? `sip:${ask.contact.user}@192.0.2.1${ask.contact.uriParameters}` : '';
    const nothing = {
      reason: '',
      headers: [],
      seen: '192.0.2.1:5060',
      fault: '',
      detail: '',
      description: '',
    };
    const answer = { status: 503, ...nothing, contact, peer: 'udp 203.0.113.1:5060', ...content };
    return { answer, edge: 'edge-1' };
  }

  async look(look: edge.Look): Promise<edge.Outlook> {
    return { places: [], fault: '', detail: '', ...this.outlook(look) };
  }

  serves(): boolean {
    return this.serving;
  }

  /** Values of a header of all requests. */
  sent(name: string): (string | undefined)[] {
    return this.asks.map(({ headers }) => headers.find((header) => header.name === name)?.value);
  }
}

export const ok: Said = (ask) => ({
  status: 200,
  reason: 'OK',
  headers: ask.contact
    ? [
        {
          name: 'Contact',
          value: `<sip:${ask.contact.user}@192.0.2.1${ask.contact.uriParameters}>;expires=600`,
        },
      ]
    : [],
});

export function challenge(status: 401 | 407, text: string): Said {
  const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
  return { status, reason: 'Unauthorized', headers: [{ name, value: `Digest ${text}` }] };
}

/** A place of the trunk that tests look at. */
export function placeOf(state: string, rest: Partial<edge.Place> = {}): edge.Place {
  const transport = state === 'unknown' ? 'udp' : 'tcp';
  return { transport, address: '203.0.113.1:5060', state, proven: [], fault: '', detail: '', ...rest };
}
