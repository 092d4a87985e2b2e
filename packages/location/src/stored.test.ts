import { describe, expect, it } from 'vitest';
import { applyRegistration } from './apply.ts';
import { sampleChange, sampleContact } from './compliance.ts';
import { bindingsOf, fieldsOf, nothingStored, readStored, rewrite } from './stored.ts';

const now = 1_800_000_000_000;

/** What a hash holds after some hosts have registered in order. */
function storedOf(...hosts: string[]) {
  return hosts.reduce((stored, host, index) => {
    const change = sampleChange({ callId: host, contacts: [sampleContact(host)] });
    const { bindings = [] } = applyRegistration(bindingsOf(stored), change, now);
    return rewrite(stored, bindings, now + 1, `t${index}`).next;
  }, nothingStored);
}

const hostsOf = (stored: ReturnType<typeof storedOf>) =>
  bindingsOf(stored).map(({ contact }) => contact.slice(9, 10));

describe('the hash of an address of record', () => {
  it('is read as it was written, in whatever order its fields come', () => {
    const stored = storedOf('a', 'b', 'c');
    const fields = fieldsOf(stored);
    const pairs = Array.from({ length: fields.length / 2 }, (_, at) => fields.slice(2 * at, 2 * at + 2));
    expect(readStored(fields)).toEqual(stored);
    expect(readStored(pairs.reverse().flat())).toEqual(stored);
    expect(readStored(fieldsOf(nothingStored))).toEqual(nothingStored);
  });

  it('is rewritten only where it has changed', () => {
    const stored = storedOf('a', 'b', 'c');
    const change = sampleChange({ callId: 'b', cseq: 2, contacts: [sampleContact('b')] });
    const { bindings = [] } = applyRegistration(bindingsOf(stored), change, now);
    const { next, removed, added } = rewrite(stored, bindings, now, 'n');
    expect([removed, added.map(({ field }) => field)]).toEqual([[2], [4]]);
    expect(hostsOf(next)).toEqual(['a', 'c', 'b']);
  });

  it('leaves out a binding that it cannot read', () => {
    const [version = '', value = '', ...rest] = fieldsOf(storedOf('a', 'b'));
    for (const damaged of ['', '{', '[]', '[1,2]']) {
      const fields = [version, value, ...rest.slice(0, 1), damaged, ...rest.slice(2)];
      expect(hostsOf(readStored(fields))).toEqual(['b']);
    }
  });
});
