import { expect, it } from 'vitest';
import { maxPayload } from './bus.ts';
import { type Buses, octets } from './compliance-buses.ts';

/** What no bus can carry. */
export function refusalCompliance(at: Buses): void {
  const { listen } = at;
  const badSubjects = ['', '.', 'a.', '.a', 'a..b', 'a b', 'a\r\nb', 'a\0', 'a\tb', 'x'.repeat(2_000)];
  it.each([...badSubjects, '*', 'a.*', 'a.>', 'a*'])('refuses to publish on %j', async (subject) => {
    expect(() => at.bus.publish(subject, octets(''))).toThrow('bus-name-invalid');
    await expect(at.bus.request(subject, octets(''), { timeoutMs: 20 })).rejects.toThrow('bus-name-invalid');
  });

  it.each([...badSubjects, 'a.>.b', 'a.b*', 'a>'])('refuses to subscribe to %j', (subject) => {
    expect(() => at.bus.subscribe(subject, () => undefined)).toThrow('bus-name-invalid');
  });

  it('refuses a queue and a key that cannot be carried', () => {
    expect(() => listen('a', 'two words')).toThrow('bus-name-invalid');
    expect(() => at.bus.publish(`${at.root}.call.a`, octets(''), { key: 'a\r\nb' })).toThrow(
      'bus-name-invalid',
    );
  });

  it('refuses more octets than a server takes', async () => {
    const payload = new Uint8Array(maxPayload + 1);
    expect(() => at.bus.publish(`${at.root}.a`, payload)).toThrow('bus-payload-too-large');
    await expect(at.bus.request(`${at.root}.a`, payload, { timeoutMs: 20 })).rejects.toThrow(
      'bus-payload-too-large',
    );
  });
}
