import { describe, expect, it } from 'vitest';
import { applyRegistration } from './apply.ts';
import type { Binding } from './binding.ts';
import type { RegistrationChange } from './change.ts';
import { sampleChange, sampleContact } from './compliance.ts';

const now = 1_800_000_000_000;

/** The bindings after a series of changes, one second after the other; fails when one is refused. */
function after(...changes: Partial<RegistrationChange>[]): readonly Binding[] {
  let bindings: readonly Binding[] = [];
  for (const [index, change] of changes.entries()) {
    const registration = applyRegistration(bindings, sampleChange(change), now + index * 1_000);
    if (registration.refusal) throw registration.refusal;
    ({ bindings } = registration);
  }
  return bindings;
}

function contacts(bindings: readonly Binding[] | undefined): string[] | undefined {
  return bindings?.map(({ contact }) => contact.slice('sip:1001@'.length, -':5060'.length));
}

const three = after(
  { callId: 'a', contacts: [sampleContact('a')] },
  { callId: 'b', contacts: [sampleContact('b')] },
  { callId: 'c', contacts: [sampleContact('c')] },
);

describe('a registration', () => {
  const rows: [string, Partial<RegistrationChange>, string[]][] = [
    ['adds a contact', { contacts: [sampleContact('d')] }, ['a', 'b', 'c', 'd']],
    ['adds several', { contacts: [sampleContact('d'), sampleContact('e')] }, ['a', 'b', 'c', 'd', 'e']],
    ['refreshes one', { contacts: [sampleContact('b')] }, ['a', 'c', 'b']],
    ['removes one', { contacts: [sampleContact('b', { expires: 0 })] }, ['a', 'c']],
    [
      'removes and adds at once',
      { contacts: [sampleContact('b', { expires: 0 }), sampleContact('d')] },
      ['a', 'c', 'd'],
    ],
    ['removes all', { contacts: 'all' }, []],
    [
      'does not mind removing what is not there',
      { contacts: [sampleContact('x', { expires: 0 })] },
      ['a', 'b', 'c'],
    ],
    [
      'takes the same contact twice for one',
      { contacts: [sampleContact('d'), sampleContact('d')] },
      ['a', 'b', 'c', 'd'],
    ],
    ['compares URIs as RFC 3261 §19.1.4 does', { contacts: [sampleContact('B')] }, ['a', 'c', 'B']],
    [
      'tells users apart',
      { contacts: [sampleContact('b', { contact: 'sip:1002@b:5060' })] },
      ['a', 'b', 'c', 'b'],
    ],
  ];
  it.each(rows)('%s', (_, change, expected) => {
    const { bindings } = applyRegistration(three, sampleChange(change), now + 9_000);
    expect(contacts(bindings)).toEqual(expected);
  });

  it('keeps since when a contact is bound, over its refreshes', () => {
    const [binding] = after({}, { cseq: 2 });
    expect(binding).toMatchObject({
      registeredAt: now,
      updatedAt: now + 1_000,
      expiresAt: now + 3_601_000,
      cseq: 2,
    });
  });

  it('reports what became of each binding', () => {
    const change = sampleChange({
      contacts: [sampleContact('a'), sampleContact('b', { expires: 0 }), sampleContact('d')],
    });
    const { changes } = applyRegistration(three, change, now + 9_000);
    expect(changes?.map((one) => one.change)).toEqual(['refreshed', 'unregistered', 'registered']);
  });

  it('clears what has expired, and counts it no more', () => {
    const old = after({ contacts: [sampleContact('a', { expires: 60 })] });
    const change = sampleChange({ contacts: [sampleContact('b')], maxContacts: 1 });
    const { bindings, changes } = applyRegistration(old, change, now + 60_000);
    expect(contacts(bindings)).toEqual(['b']);
    expect(changes?.map((one) => one.change)).toEqual(['expired', 'registered']);
  });
});

describe('the order within a Call-ID (RFC 3261 §10.3)', () => {
  const rows: [string, Partial<RegistrationChange>, boolean][] = [
    ['a higher CSeq', { callId: 'b', cseq: 2, contacts: [sampleContact('b')] }, true],
    ['the same CSeq', { callId: 'b', cseq: 1, contacts: [sampleContact('b')] }, false],
    ['a lower CSeq', { callId: 'b', cseq: 0, contacts: [sampleContact('b')] }, false],
    [
      'a removal that is late',
      { callId: 'b', cseq: 1, contacts: [sampleContact('b', { expires: 0 })] },
      false,
    ],
    ['a removal of all that is late for one', { callId: 'b', cseq: 1, contacts: 'all' }, false],
    ['any CSeq of another Call-ID', { callId: 'x', cseq: 0, contacts: [sampleContact('b')] }, true],
    ['a new contact with an old CSeq', { callId: 'b', cseq: 1, contacts: [sampleContact('d')] }, true],
    [
      'one late contact among others',
      { callId: 'b', cseq: 1, contacts: [sampleContact('d'), sampleContact('b')] },
      false,
    ],
  ];
  it.each(rows)('%s', (_, change, accepted) => {
    const { refusal } = applyRegistration(three, sampleChange(change), now + 9_000);
    expect(refusal?.kind.code).toBe(accepted ? undefined : 'registration-out-of-order');
  });
});

describe('the number of contacts', () => {
  const rows: [string, Partial<RegistrationChange>, string[] | string][] = [
    ['reject refuses one too many', { maxContacts: 3, contacts: [sampleContact('d')] }, 'contacts-exceeded'],
    ['reject lets a refresh through', { maxContacts: 3, contacts: [sampleContact('a')] }, ['b', 'c', 'a']],
    [
      'reject lets a refresh through when the limit was lowered',
      { maxContacts: 1, contacts: [sampleContact('a')] },
      ['b', 'c', 'a'],
    ],
    [
      'reject lets one replace another',
      { maxContacts: 3, contacts: [sampleContact('a', { expires: 0 }), sampleContact('d')] },
      ['b', 'c', 'd'],
    ],
    [
      'replace removes the oldest',
      { maxContacts: 3, policy: 'replace', contacts: [sampleContact('d')] },
      ['b', 'c', 'd'],
    ],
    [
      'replace removes as many as it has to',
      { maxContacts: 2, policy: 'replace', contacts: [sampleContact('d')] },
      ['c', 'd'],
    ],
    [
      'replace does not remove what the request itself brings',
      { maxContacts: 1, policy: 'replace', contacts: [sampleContact('d'), sampleContact('e')] },
      'contacts-exceeded',
    ],
  ];
  it.each(rows)('%s', (_, change, expected) => {
    const { bindings, refusal } = applyRegistration(three, sampleChange(change), now + 9_000);
    expect(refusal?.kind.code ?? contacts(bindings)).toEqual(expected);
  });

  it('replace spares what was refreshed last', () => {
    const refreshed = after(
      { callId: 'a', contacts: [sampleContact('a')] },
      { callId: 'b', contacts: [sampleContact('b')] },
      { callId: 'a', cseq: 2, contacts: [sampleContact('a')] },
    );
    const change = sampleChange({
      callId: 'c',
      maxContacts: 2,
      policy: 'replace',
      contacts: [sampleContact('c')],
    });
    expect(contacts(applyRegistration(refreshed, change, now + 9_000).bindings)).toEqual(['a', 'c']);
  });
});

describe('an instance with reg-id (RFC 5626 §6)', () => {
  const instance = '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>';
  const first = after({ contacts: [sampleContact('a', { instance, regId: 1 })] });

  const rows: [string, ReturnType<typeof sampleContact>, string[]][] = [
    ['replaces its flow, whatever the URI', sampleContact('b', { instance, regId: 1 }), ['b']],
    ['adds another flow, though the URI is the same', sampleContact('a', { instance, regId: 2 }), ['a', 'a']],
    [
      'is another one with another instance',
      sampleContact('a', { instance: '<urn:uuid:2>', regId: 1 }),
      ['a', 'a'],
    ],
    ['is not touched by a plain contact', sampleContact('a'), ['a', 'a']],
    ['leaves alone an instance without reg-id', sampleContact('b', { instance }), ['a', 'b']],
    ['removes its flow', sampleContact('z', { instance, regId: 1, expires: 0 }), []],
  ];
  it.each(rows)('%s', (_, contact, expected) => {
    const { bindings } = applyRegistration(first, sampleChange({ callId: 'x', contacts: [contact] }), now);
    expect(contacts(bindings)).toEqual(expected);
  });
});
