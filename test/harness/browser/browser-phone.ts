import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { fileOf } from '../../servers.ts';
import { Inbox } from '../inbox.ts';
import type { Network } from '../network.ts';
import type { PhoneAccount } from '../softphone.ts';
import type { PageAccount, PagePhone } from './page-phone.ts';

/** Where the page is from: a secure origin, as browsers see it. Nothing listens there. */
export const pageOrigin = 'http://127.0.0.1';

/** The page of a web phone and who has it open: JsSIP in Chromium. It speaks SIP, and no media. */
export class BrowserPhone {
  readonly uri: string;
  readonly page: Page;
  readonly #account: PageAccount;
  readonly #said = new Inbox<string>('the page', (said) => said);

  private constructor(page: Page, account: PageAccount) {
    this.page = page;
    this.uri = account.uri;
    this.#account = account;
  }

  /** Opens a page, which ends with the network. `url` is where it speaks SIP. */
  static async open(
    browser: Browser,
    network: Network,
    { user, domain, password }: Pick<PhoneAccount, 'user' | 'domain' | 'password'>,
    url: string,
  ): Promise<BrowserPhone> {
    // Certificates of the tests are of no authority that a browser knows.
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    network.attach(() => page.close());
    const account = { uri: `sip:${user}@${domain}`, password, url, instance: randomUUID() };
    const phone = new BrowserPhone(page, account);
    await page.exposeFunction('tell', (event: string, detail?: string) =>
      phone.#said.put(detail === undefined ? event : `${event}: ${detail}`),
    );
    page.on('pageerror', (error) => phone.#said.put(`error: ${error.message}`));
    const script = await bundle();
    const body = `<!doctype html><title>phone</title><script>${script}</script>`;
    await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body }));
    return phone;
  }

  /** Loads the page, again if it is there, and registers. */
  async load(): Promise<void> {
    await this.page.goto(pageOrigin);
    await this.do('open', this.#account);
    await this.said('registered');
  }

  /** Lets the page do something. */
  async do<Name extends keyof PagePhone>(name: Name, ...args: Parameters<PagePhone[Name]>): Promise<void> {
    await this.page.evaluate(`phone.${name}(...${JSON.stringify(args)})`);
  }

  /** The next thing that the page says with this beginning. */
  async said(start: string): Promise<string> {
    return this.#said.take(start, (said) => said.startsWith(start));
  }
}

/** Starts a browser on the machine of the tests. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: fileOf('chromium')!,
    // Tests run as root; and the network of a test looks like somebody's home.
    args: ['--no-sandbox', '--disable-features=LocalNetworkAccessChecks'],
  });
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
    // What stands in a page must not end its script.
    charset: 'ascii',
  });
  return outputFiles[0]!.text.replaceAll('</script', '<\\/script');
}
