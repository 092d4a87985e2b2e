import { findProblems } from '@tandem/resource';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { importFiles, reasonAt } from './fixture.ts';

const sip =
  '[1001]\ntype=friend\nhost=dynamic\nsecret=x\ncontext=in\n[1002](1001)\n[out]\ntype=peer\nhost=203.0.113.9\ncontext=from\n' +
  '[two]\ntype=peer\nhost=203.0.113.8\ncontext=nothing\n';

/** The specs of what an extensions.conf becomes, by kind and name. */
async function specsOf(extensions: string) {
  const imported = await importFiles({ 'sip.conf': sip, 'extensions.conf': `${extensions}\n[nothing]\n` });
  const sources = Array.from(imported.files, ([path, text]) => ({ path, text }));
  expect(await findProblems(sources)).toEqual([]);
  const specs = new Map<string, object>(
    sources.flatMap(({ text }) =>
      parseAllDocuments(text).map((document) => {
        const { kind, metadata, spec } = document.toJS() as {
          kind: string;
          metadata: { name: string };
          spec: object;
        };
        return [`${kind}/${metadata.name}`, spec] as const;
      }),
    ),
  );
  return { imported, spec: (key: string) => specs.get(key) as Record<string, unknown> | undefined };
}

const left = (imported: Parameters<typeof reasonAt>[0], line: number) =>
  reasonAt(imported, 'extensions.conf', line);

describe('FP-03: a time condition', () => {
  it('becomes a rule of a number that goes elsewhere else', async () => {
    const { spec, imported } = await specsOf(
      '[from]\nexten => 911,1,GotoIfTime(9:00-17:59,mon-fri,*,*?open)\nexten => 911,n,Dial(SIP/1002,30)\n' +
        'exten => 911,n,Hangup()\nexten => 911,n(open),Dial(SIP/1001)\n[in]',
    );
    expect(spec('Schedule/9-00-17-59-mon-fri')).toEqual({
      timezone: 'Europe/Madrid',
      open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }],
    });
    expect(spec('Number/911')).toEqual({
      trunk: 'out',
      rules: [{ when: { during: '9-00-17-59-mon-fri' }, destination: { user: '1001' } }],
      destination: { user: '1002', ringTimeout: 30 },
    });
    expect([2, 3, 5].map((line) => left(imported, line))).toEqual([undefined, undefined, undefined]);
  });

  it('of an inclusion, and of a holiday before it, are rules in their order', async () => {
    const { spec } = await specsOf(
      '[from]\ninclude => holiday,*,*,25,dec\ninclude => day,9:00-17:59,*,*,*\ninclude => night\n[in]\n' +
        '[holiday]\nexten => 911,1,Dial(SIP/out/600)\n[day]\nexten => 911,1,Dial(SIP/1001)\n[night]\nexten => 911,1,Dial(SIP/1002)',
    );
    expect(spec('Number/911')).toMatchObject({
      rules: [
        { when: { outside: '25-dec' }, destination: { trunk: 'out', number: '600' } },
        { when: { during: '9-00-17-59' }, destination: { user: '1001' } },
      ],
      destination: { user: '1002' },
    });
  });

  it('takes calls out by another trunk', async () => {
    const { spec } = await specsOf(
      '[in]\nexten => _0.,1,GotoIfTime(*,sat&sun,*,*?cheap,${EXTEN},1:usual,${EXTEN},1)\n' +
        'exten => _9.,1,GotoIfTime(*,sat&sun,*,*?3)\nexten => _9.,2,Dial(SIP/out/${EXTEN:1},20)\nexten => _9.,3,Dial(SIP/two/${EXTEN:1})\n',
    );
    expect(spec('Route/9.')).toMatchObject({
      match: { pattern: '^9.+$', during: 'sat-sun' },
      trunks: ['two'],
      priority: 100,
    });
    expect(spec('Route/9.-2')).toMatchObject({
      match: { pattern: '^9.+$' },
      trunks: ['out', 'two'],
      priority: 110,
    });
    expect(spec('Route/9.-2')).not.toHaveProperty('match.during');
  });

  it.each([
    ['9:00-17:00,*,*,*?open', 'Hangup()', 2, /^at some times nobody is called that is carried over$/],
    ['9:00-17:00,*,25,dec?open', 'Dial(SIP/1002)', 2, /^holds at hours of some days of the year only/],
    ['9:00-17:00,*,*,*?nowhere', 'Dial(SIP/1002)', 2, /^where it goes on to is not known beforehand$/],
  ])(
    'is told of, with what comes after it, where no schedule says it: %s',
    async (when, next, line, reason) => {
      const { imported, spec } = await specsOf(
        `[from]\nexten => 911,1,GotoIfTime(${when})\nexten => 911,n,${next}\nexten => 911,n(open),Dial(SIP/1001)\n[in]`,
      );
      expect(left(imported, line)).toMatch(reason);
      expect(left(imported, 4)).toMatch(/comes after GotoIfTime at extensions.conf:2/);
      expect(spec('Number/911')).toBeUndefined();
    },
  );

  it('that nobody is called outside of, or during, is told of', async () => {
    const { imported, spec } = await specsOf(
      '[from]\ninclude => day,9:00-17:59,*,*,*\n[day]\nexten => 911,1,Dial(SIP/1001)\n' +
        '[in]\ninclude => night,22:00-06:00,*,*,*\nexten => _0.,1,Dial(SIP/out/${EXTEN})\n[night]\nexten => _0.,1,Hangup()',
    );
    expect(left(imported, 4)).toBe('leads nowhere at other times, which no Number does');
    expect(spec('Number/911')).toBeUndefined();
    expect(left(imported, 6)).toBe('at some times nobody is called that is carried over');
  });
});

describe('AS-14: one Dial after the other', () => {
  it('is a number with several destinations', async () => {
    const { spec } = await specsOf(
      '[from]\nexten => 911,1,Dial(SIP/1001,20)\nexten => 911,n,Dial(SIP/1002,15)\nexten => 911,n,Dial(SIP/out/600)\n[in]',
    );
    expect(spec('Number/911')).toMatchObject({
      destination: { user: '1001', ringTimeout: 20 },
      otherwise: [
        { user: '1002', ringTimeout: 15 },
        { trunk: 'out', number: '600' },
      ],
    });
  });

  it('is an internal number where users call, who may have that name', async () => {
    const { spec, imported } = await specsOf(
      '[in]\nexten => _1XXX,1,Dial(SIP/${EXTEN},20)\nexten => _1XXX,n,Dial(SIP/1002)\nexten => _1XXX,n,Voicemail(1)\n[from]',
    );
    expect(spec('Number/1001')).toEqual({
      destination: { user: '1001', ringTimeout: 20 },
      otherwise: [{ user: '1002' }],
      internal: true,
    });
    expect(spec('Number/1002')).toMatchObject({ destination: { user: '1002' }, internal: true });
    expect(left(imported, 4)).toBe('Voicemail is not carried over');
  });

  it('is carried over as far as it goes', async () => {
    const { spec, imported } = await specsOf(
      '[from]\nexten => 911,1,Dial(SIP/1001,20)\nexten => 911,n,Dial(SIP/1001&SIP/1002)\nexten => 911,n,Dial(SIP/1002)\n[in]',
    );
    expect(spec('Number/911')).toMatchObject({ destination: { user: '1001' } });
    expect(spec('Number/911')).not.toHaveProperty('otherwise');
    expect(left(imported, 3)).toMatch(/^several are called at once/);
    expect(left(imported, 4)).toMatch(/^comes after what is not carried over at extensions.conf:3$/);
  });
});

describe('AS-15: what is dialled', () => {
  it.each([
    ['SIP/1001', { user: '1001' }],
    ['SIP/8500@out', { trunk: 'out', number: '8500' }],
    ['SIP/info@other.example', { uri: 'sip:info@other.example' }],
    ['SIP/192.0.2.8:5060,20', { uri: 'sip:192.0.2.8:5060', ringTimeout: 20 }],
    ['SIP/8500@other.example:9876', { uri: 'sip:8500@other.example:9876' }],
    ['SIP/192.0.2.8', { uri: 'sip:192.0.2.8' }],
  ])('by %s is where a number leads', async (dial, destination) => {
    const { spec } = await specsOf(`[from]\nexten => 911,1,Dial(${dial})\n[in]`);
    expect(spec('Number/911')?.destination).toEqual(destination);
  });

  it.each([
    ['SIP/user:hush@other.example', 'names a port or a password besides the peer'],
    ['SIP/nobody', 'calls no user that is carried over'],
    ['SIP/600@nowhere', 'nowhere is no trunk that is carried over'],
  ])('by %s is told of', async (dial, reason) => {
    const { imported } = await specsOf(`[from]\nexten => 911,1,Dial(${dial})\n[in]`);
    expect(left(imported, 2)).toBe(reason);
  });

  it('after a Goto is what that says', async () => {
    const { spec } = await specsOf(
      '[in]\nexten => 9,1,Goto(in,0911,1)\nexten => _0X.,1,Dial(SIP/out/${EXTEN:1})',
    );
    expect(spec('Route/9')?.rewrite).toEqual([{ pattern: '^.*$', to: '911' }]);
  });
});
