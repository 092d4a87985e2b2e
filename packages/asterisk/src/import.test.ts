import { describe, expect, it } from 'vitest';
import { fatesOf, importFiles, reasonAt } from './fixture.ts';

function endpoint(name: string, more = '', auth = 'password=hush-hush'): string {
  return `[${name}]\ntype=endpoint\ncontext=in\nauth=${name}\naors=${name}\n${more}\n[${name}]\ntype=auth\n${auth}\n[${name}]\ntype=aor\n`;
}

function documents(files: ReadonlyMap<string, string>): string {
  return [...files.values()].join('---\n');
}

describe('what would let in more than before', () => {
  it('takes its user out when a network is wrong', async () => {
    const conf = '[1001]\ntype=friend\nsecret=hush-hush\nhost=dynamic\ndeny=0.0.0.0/0\npermit=10.0.0.0/40\n';
    const imported = await importFiles({ 'sip.conf': conf });
    expect(imported.counts.get('User')).toBe(0);
    expect(reasonAt(imported, 'sip.conf', 6)).toMatch(/^User\/1001 spec.sources\[0\] must have a prefix/);
  });

  it.each([
    ['permit=10.0.0.0/8', 'only `deny` of everything'],
    ['deny=0.0.0.0/0\npermit=10.0.0.0/8\ndeny=10.1.0.0/16', 'only `deny` of everything'],
  ])('is told of: %j', async (rules, reason) => {
    const conf = `[1001]\ntype=friend\nsecret=hush-hush\nhost=dynamic\n${rules}\n`;
    const imported = await importFiles({ 'sip.conf': conf });
    expect(reasonAt(imported, 'sip.conf', 5)).toContain(reason);
  });

  it('goes to a class of service where some users only may call a number', async () => {
    const pjsip = `${endpoint('1001')}${endpoint('1002').replace('context=in', 'context=boss')}[out]\ntype=endpoint\naors=out\n[out]\ntype=aor\ncontact=sip:203.0.113.9\n`;
    const extensions = '[in]\n[boss]\nexten => _00.,1,Dial(PJSIP/${EXTEN}@out)\n';
    const { files } = await importFiles({ 'pjsip.conf': pjsip, 'extensions.conf': extensions });
    expect(files.get('routes.yaml')).toMatch(/class: boss/);
    const [first, second] = files.get('users.yaml')!.split('---');
    expect(first).toContain('classes: []');
    expect(second).toContain('classes:\n    - boss');
  });

  it('is left where something decides before the call', async () => {
    const pjsip = `${endpoint('1001')}[out]\ntype=endpoint\naors=out\n[out]\ntype=aor\ncontact=sip:203.0.113.9\n`;
    const extensions = '[in]\nexten => _00.,1,Authenticate(1234)\n same => n,Dial(PJSIP/${EXTEN}@out)\n';
    const imported = await importFiles({ 'pjsip.conf': pjsip, 'extensions.conf': extensions });
    expect(imported.counts.get('Route')).toBe(0);
    expect(reasonAt(imported, 'extensions.conf', 3)).toMatch(
      /^comes after Authenticate at extensions.conf:2/,
    );
  });
});

describe('passwords that are hashes', () => {
  const hash = '0123456789abcdef0123456789abcdef';

  it('hold for the first domain, which is their realm', async () => {
    const { files } = await importFiles(
      { 'pjsip.conf': endpoint('1001', '', `md5_cred=${hash}\nrealm=Old.Example`) },
      { domains: ['new.example'] },
    );
    expect(files.get('tenant.yaml')).toContain('domains:\n    - old.example\n    - new.example');
  });

  it.each([
    [
      'of another realm than the others',
      endpoint('1002', '', `md5_cred=${hash}\nrealm=other`),
      'holds for the realm other',
    ],
    [
      'of another name',
      endpoint('1002', '', `username=bob\nmd5_cred=${hash}`),
      'holds for bob, not for 1002',
    ],
  ])('are left, with their user, when they are %s', async (_, other, reason) => {
    const imported = await importFiles({
      'pjsip.conf': `${endpoint('1001', '', `md5_cred=${hash}`)}${other}`,
    });
    expect(imported.counts.get('User')).toBe(1);
    expect(fatesOf(imported).join('\n')).toContain(reason);
  });
});

describe('the addresses of the exchange', () => {
  const tenantOf = async (options: object) =>
    (await importFiles({ 'pjsip.conf': endpoint('1001') }, options)).files.get('tenant.yaml');

  it('are a domain, for phones were told them', async () => {
    expect(await tenantOf({ domains: ['office.example'] })).toContain('ownAddresses: true');
  });

  it('are none where all phones know a domain, and there is one', async () => {
    const ownAddresses = false;
    expect(await tenantOf({ domains: ['office.example'], ownAddresses })).not.toContain('ownAddresses');
    expect(await tenantOf({ ownAddresses })).toContain('ownAddresses: true');
  });
});

describe('names', () => {
  it('that both channel drivers have go to pjsip.conf', async () => {
    const imported = await importFiles({
      'pjsip.conf': endpoint('1001'),
      'sip.conf': '[1001]\ntype=friend\nhost=dynamic\nsecret=other\n',
    });
    expect(imported.counts.get('User')).toBe(1);
    expect(documents(imported.files)).toContain('password: hush-hush');
    expect(reasonAt(imported, 'sip.conf', 4)).toBe('pjsip.conf has a user 1001 as well');
  });

  it('that no user may have are told of, with all that belongs to them', async () => {
    const imported = await importFiles({ 'pjsip.conf': endpoint('front desk') });
    expect(imported.counts.get('User')).toBe(0);
    expect(reasonAt(imported, 'pjsip.conf', 9)).toMatch(/^User\/front desk metadata.name must be/);
  });

  it('of trunks are changed, for nobody sees them', async () => {
    const sip = '[sip trunk/1]\ntype=peer\nhost=203.0.113.9\n[sip-trunk-1]\ntype=peer\nhost=203.0.113.8\n';
    const { files } = await importFiles({ 'sip.conf': sip });
    expect(files.get('trunks.yaml')).toMatch(/name: sip-trunk-1\n[\s\S]*name: sip-trunk-1-2\n/);
  });

  it('of trunks with one address belong to the first', async () => {
    const sip = '[one]\ntype=peer\nhost=203.0.113.9\n[two]\ntype=peer\nhost=203.0.113.9\n';
    const imported = await importFiles({ 'sip.conf': sip });
    expect(imported.counts.get('Trunk')).toBe(2);
    expect(reasonAt(imported, 'sip.conf', 6)).toMatch(/203.0.113.9 proves Trunk\/one/);
  });
});

describe('AS-15: a number that goes out', () => {
  const trunk =
    '[1001]\ntype=friend\nhost=dynamic\ncontext=in\nsecret=hush\n[out]\ntype=peer\nhost=203.0.113.9\n[two]\ntype=peer\nhost=203.0.113.8\n';
  const dialled = (line: string) =>
    importFiles({ 'sip.conf': trunk, 'extensions.conf': `[in]\nexten => ${line}\n` });

  it.each([
    ['_9NXXXXXX.,1,Dial(SIP/${EXTEN:1}@out,30)', 'pattern: ^.{1}(.*)$\n      to: $1'],
    ['_X.,1,Dial(SIP/out/0034${EXTEN})', 'pattern: ^(.*)$\n      to: 0034$1'],
    ['_00X.,1,Dial(SIP/out/+${EXTEN:2})', 'pattern: ^.{2}(.*)$\n      to: +$1'],
    ['911,1,Dial(SIP/112@out)', 'pattern: ^.*$\n      to: "112"'],
  ])('is rewritten: %s', async (line, rule) => {
    const { files } = await dialled(line);
    expect(files.get('routes.yaml')).toContain(`rewrite:\n    - ${rule}\n`);
  });

  it('stays as it is where nothing is made of it', async () => {
    for (const line of ['_X.,1,Dial(SIP/out/${EXTEN})', '112,1,Dial(SIP/112@out)']) {
      expect((await dialled(line)).files.get('routes.yaml')).not.toContain('rewrite');
    }
  });

  it.each([
    ['_X.,1,Dial(SIP/out/a${EXTEN})', /^Route\/X. spec.rewrite\[0\].to must be digits/],
    [
      '_X.,1,Dial(SIP/out/${EXTEN})\nsame => n,Dial(SIP/two/34${EXTEN})',
      /^each of its trunks gets the number in another form$/,
    ],
  ])('is told of, and not dialled in another form: %j', async (line, reason) => {
    const imported = await dialled(line);
    expect(imported.counts.get('Route')).toBe(0);
    expect(reasonAt(imported, 'extensions.conf', 2)).toMatch(reason);
  });
});

describe('AS-01: the account at a carrier', () => {
  const carrier = '[carrier]\ntype=peer\nhost=sip.carrier.example\n';
  const general = (line: string) => `[general]\nregister => ${line}\n`;

  it.each([
    [
      'the host of a peer',
      'acct:hush@sip.carrier.example',
      carrier,
      /user: acct\n.*server: sip:sip.carrier.example\n/s,
    ],
    [
      'a peer by name',
      'acct:hush@carrier/1001~300',
      carrier,
      /user: acct\n *contactUser: "1001"\n *expires: 300\n/,
    ],
    [
      'a peer before it',
      'carrier?tls://acct:hush:login@other.example:5061',
      carrier,
      /server: sip:other.example:5061;transport=tls/,
    ],
    [
      'a peer that registers itself',
      'x',
      `${carrier}callbackextension=77\nfromuser=acct\nsecret=hush\n`,
      /user: acct\n *contactUser: "77"/,
    ],
  ])('is registered by %s', async (_, line, peers, expected) => {
    const { files } = await importFiles({ 'sip.conf': `${general(line)}${peers}` });
    expect(files.get('trunks.yaml')).toMatch(expected);
    expect(files.get('trunks.yaml')).toMatch(/auth:\n *username: \w+\n *password: hush\n/);
  });

  it.each([
    ['acct:hush@elsewhere.example', /^no peer that is carried over is at elsewhere.example$/],
    ['nothing', /^is no account at a host$/],
  ])('is told of when it belongs to nobody: %s', async (line, reason) => {
    const imported = await importFiles({ 'sip.conf': `${general(line)}${carrier}` });
    expect(reasonAt(imported, 'sip.conf', 2)).toMatch(reason);
  });

  it('belongs to the peer that has it, where two have one host', async () => {
    const peer = (name: string) =>
      `[${name}]\ntype=peer\nhost=sip.carrier.example\ndefaultuser=${name}\nremotesecret=hush-${name}\n`;
    const lines =
      '[general]\nregister => b:hush-b@sip.carrier.example\nregister => a:hush-a@sip.carrier.example\n';
    const { files } = await importFiles({ 'sip.conf': `${lines}${peer('a')}${peer('b')}` });
    const [first, second] = files.get('trunks.yaml')!.split('---');
    expect(first).toMatch(/username: a\n *password: hush-a\n *registration:\n *user: a\n/);
    expect(second).toMatch(/username: b\n *password: hush-b\n *registration:\n *user: b\n/);
  });

  it('of pjsip.conf belongs to the endpoint with the same account', async () => {
    const parts = [
      '[c]\ntype=endpoint\noutbound_auth=c\naors=c\n[c]\ntype=aor\ncontact=sip:203.0.113.9\n',
      '[c]\ntype=auth\nusername=acct\npassword=hush\nrealm=carrier\n',
      '[r]\ntype=registration\noutbound_auth=c\nserver_uri=sip:203.0.113.9\nclient_uri=sip:acct@carrier.example\nmax_retries=10\n',
      '[s]\ntype=registration\noutbound_auth=nobody\nserver_uri=sip:203.0.113.9\nclient_uri=sip:acct@carrier.example\n',
    ];
    const imported = await importFiles({ 'pjsip.conf': parts.join('') });
    expect(imported.files.get('trunks.yaml')).toMatch(
      /realm: carrier\n.*server: sip:203.0.113.9\n *user: acct\n *domain: carrier.example\n/s,
    );
    expect(reasonAt(imported, 'pjsip.conf', 20)).toMatch(/no endpoint that is carried over uses it/);
  });
});
