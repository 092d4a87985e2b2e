import { media } from '@tandem/contract';
import { mediaSettings, type RunningMedia, startMedia } from '@tandem/media';
import { createLog, MemoryBus, Metrics, parseSettings, sharedSettings } from '@tandem/platform';
import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { it } from './fixture.ts';
import { address } from './tiers.ts';

const describe = needs('namespace');

const region = 'local';
const log = createLog({ level: 'silent', node: 'test', destination: 1 });

/** A worker with room for some calls only: each leg comes from the same place, and needs a port of its own. */
function startWorker(bus: MemoryBus, index: number): Promise<RunningMedia> {
  const nodeId = `media-${index}`;
  const flags = { region, nodeId, rtpListen: `${address(20 + index)}:20000-20039`, rtpPool: '1' };
  const settings = parseSettings({ ...sharedSettings, ...mediaSettings }, { flags, env: {} });
  return startMedia(settings, { bus, log, metrics: new Metrics({ region, node: nodeId, log }) });
}

async function open(bus: MemoryBus, worker: number): Promise<boolean> {
  const source = '192.0.2.1';
  const value = {
    ...{ call: 'c', streams: 1, callerSources: [source], calleeSources: [source], inactivity: 0, owner: 'e' },
  };
  const command = media.Command.encode({ command: { $case: 'open', value }, traceparent: '' }).finish();
  const reply = await bus.request(`tandem.${region}.media.media-${worker}`, command, { timeoutMs: 5_000 });
  return media.Reply.decode(reply).reply?.$case === 'session';
}

/** Calls that some workers take until every one of them is full. */
async function ceiling(count: number): Promise<number> {
  const bus = new MemoryBus({ log, now: Date.now });
  const workers = await Promise.all(Array.from({ length: count }, (_, index) => startWorker(bus, index)));
  let taken = 0;
  for (let index = 0; index < count; index += 1) while (await open(bus, index)) taken += 1;
  for (const worker of workers) await worker.stop();
  await bus.close();
  return taken;
}

describe('media workers', () => {
  it('take four times the calls when there are four of them', async () => {
    const one = await ceiling(1);
    expect(one).toBeGreaterThan(5);
    expect(await ceiling(4)).toBe(4 * one);
  });
});
