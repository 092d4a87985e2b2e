import { describe, expect, it } from 'vitest';
import { withoutDeadContacts } from './dead-contacts.ts';
import { decisionOf, findingsOf, Rig, sampleRequest, sampleSnapshot } from './sample.ts';

const trunks = {
  'acme/one': { contacts: ['sip:user@a.example:5070;transport=tcp', 'sip:b.example'] },
  'acme/two': { contacts: ['sips:c.example'] },
};

async function verdictOf() {
  const routes = { 'acme/all': { match: { prefix: '+' }, trunks: ['one', 'two'] } };
  const rig = new Rig(sampleSnapshot({}, {}, { Trunk: trunks, Route: routes }));
  await rig.register('1001');
  const vouched = { tenant: 'acme', user: '1001' };
  return rig.router.decide(sampleRequest({ requestUri: 'sip:+34600@acme.example', vouched }));
}

async function left(...down: readonly string[]) {
  const isDown = ({ trunk }: { trunk: string }, contact: string) => down.includes(`${trunk} ${contact}`);
  const verdict = withoutDeadContacts(await verdictOf(), { isDown });
  const targets = decisionOf(verdict, 'relay').groups.flatMap((group) => group.targets.map(({ uri }) => uri));
  return [targets, findingsOf(verdict).filter((finding) => finding.startsWith('trunk:'))];
}

const [a, b, c] = [
  'sip:+34600@a.example:5070;transport=tcp',
  'sip:+34600@b.example',
  'sips:+34600@c.example',
];

describe('a call to trunks (TR-26)', () => {
  it('goes to all contacts when nothing is known of them', async () => {
    expect(await left()).toEqual([[a, b, c], []]);
  });

  it('leaves out those that do not answer, and says so', async () => {
    expect(await left('one sip:a.example:5070;transport=tcp', 'two sip:b.example')).toEqual([
      [b, c],
      [`trunk: ${a} of trunk one left out: no answer to OPTIONS`],
    ]);
  });

  it('tries all when none answers', async () => {
    const all = ['one sip:a.example:5070;transport=tcp', 'one sip:b.example', 'two sips:c.example'];
    const [targets, findings] = await left(...all);
    expect(targets).toEqual([a, b, c]);
    expect(findings![0]).toMatch(/tried, though there was no answer to OPTIONS$/);
  });
});
