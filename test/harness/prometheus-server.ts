import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { Process } from './process.ts';
import { Server } from './server.ts';

/** What is scraped, and the labels that its series get. */
export interface ScrapeTarget {
  /** `address:port`. */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface PrometheusAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** A Prometheus that scrapes once a second what it is told to. */
export class PrometheusServer extends Server {
  readonly #port: number;
  readonly #targets: string;

  private constructor(port: number, folder: string) {
    const listen = `--web.listen-address=127.0.0.1:${port}`;
    const files = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${folder}`];
    super({
      folder,
      run: () => new Process('prometheus', ['prometheus', listen, ...files]),
      ready: (process) => process.line(/Server is ready to receive web requests/),
    });
    this.#port = port;
    this.#targets = join(folder, 'targets.json');
  }

  /** `rules` is a file of recording rules, as an object. */
  static async start(rules: object = { groups: [] }): Promise<PrometheusServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-prometheus-'));
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.json')],
      scrape_configs: [
        {
          job_name: 'tandem',
          file_sd_configs: [{ files: [join(folder, 'targets.json')], refresh_interval: '1s' }],
        },
      ],
    };
    // YAML has JSON in it.
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
    await writeFile(join(folder, 'rules.json'), JSON.stringify(rules));
    await writeFile(join(folder, 'targets.json'), '[]');
    const server = new PrometheusServer(await freePort(), folder);
    await server.ready();
    return server;
  }

  /** Scrapes these from now on, and nothing else. */
  async scrape(targets: readonly ScrapeTarget[]): Promise<void> {
    const groups = targets.map(({ address, labels }) => ({ targets: [address], labels }));
    // It may look at any moment.
    await writeFile(`${this.#targets}.new`, JSON.stringify(groups));
    await rename(`${this.#targets}.new`, this.#targets);
  }

  /** The one value of an expression; undefined when there is none. Throws its complaint. */
  async value(query: string): Promise<number | undefined> {
    const url = `http://127.0.0.1:${this.#port}/api/v1/query?${new URLSearchParams({ query }).toString()}`;
    const { data, error, status } = (await (await fetch(url)).json()) as PrometheusAnswer;
    if (status !== 'success') throw new Error(`${query}: ${error}`);
    if (data.result.length > 1) throw new Error(`${query}: ${data.result.length} values`);
    return data.result[0] && Number(data.result[0].value[1]);
  }
}
