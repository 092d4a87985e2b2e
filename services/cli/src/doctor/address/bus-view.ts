import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, BusMembership, busAway, createLog, NatsBus, type SharedSettings } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { askProbed, type ProbeAnswer, probedTiers } from '../../cluster/probe.ts';
import { argumentInvalid } from '../../faults.ts';
import type { MemberView } from './cluster-view.ts';

/** Milliseconds in which every node is heard: each says four times a second that it is there. */
const hearing = 1_000;
const log = createLog({ level: 'silent', node: '', destination: 2 });

/** Uses a view by the bus of a region, which is listened to first. Rejects with a Fault when there is no bus. */
export async function withBusView<T>(
  { natsUrl, region }: Pick<SharedSettings, 'natsUrl' | 'region'>,
  use: (view: MemberView) => Promise<T>,
): Promise<T> {
  if (!natsUrl) throw new Fault(argumentInvalid, 'TANDEM_NATS_URL is not set, by which the nodes are asked');
  const bus = await NatsBus.open({ url: natsUrl.reveal(), log, name: `tandem ${region} doctor` });
  try {
    if (!bus.connected) throw new Fault(busAway, 'none of TANDEM_NATS_URL answers');
    return await useMembers(bus, region, use);
  } finally {
    await bus.close();
  }
}

async function useMembers<T>(bus: Bus, region: string, use: (view: MemberView) => Promise<T>): Promise<T> {
  const membership = new BusMembership({ bus, region, log });
  const ask = async (verb: string, token: string): Promise<readonly ProbeAnswer[]> =>
    (await askProbed({ bus, membership, region }, new URLSearchParams({ verb, token }))).rows;
  try {
    await delay(hearing);
    return await use({
      begin: (token) => ask('begin', token),
      seen: (token) => ask('seen', token),
      members: () => probedTiers.flatMap((tier) => membership.members(tier)),
    });
  } finally {
    await membership.close();
  }
}
