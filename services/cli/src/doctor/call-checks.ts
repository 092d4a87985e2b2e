import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../phone/phone.ts';
import type { Check } from './check.ts';
import type { Conversation, Side } from './conversation.ts';
import { soon, within } from './within.ts';

/** A way that audio goes. */
interface Way {
  readonly name: string;
  readonly ends: (conversation: Conversation) => readonly [from: Side, to: Side];
}

const ways: readonly Way[] = [
  { name: 'caller to callee', ends: ({ caller, callee }) => [caller, callee] },
  { name: 'callee to caller', ends: ({ caller, callee }) => [callee, caller] },
];

/** Seconds: a doctor that is killed leaves its phones behind for so long. */
const expires = 60;
const cleanShare = 0.9;
/** Of the time that both talk, at least so much has to be clean. */
const leastHeard = 0.5;
const mostLost = 0.01;
/** Milliseconds one way (ITU-T G.114). */
const mostDelay = 150;
const dialled = '159#';

const reachable: Check<Conversation> = {
  name: 'SIP answers',
  layer: 'signalling',
  hint: 'Nothing listens there, or a firewall is between: look at TANDEM_SIP_LISTEN.',
  essential: true,
  run: async ({ caller }) => {
    const begin = performance.now();
    const { status } = await caller.phone.options();
    return { ok: status < 500, value: `${status} after ${since(begin)}` };
  },
};

function registers(pick: (conversation: Conversation) => Side, name: string): Check<Conversation> {
  return {
    name: `register ${name}`,
    layer: 'auth',
    hint: 'The system has another cluster secret than this command: compare TANDEM_CLUSTER_SECRET, or --data.',
    essential: true,
    run: async (conversation) => {
      const begin = performance.now();
      const granted = await pick(conversation).phone.register({ expires });
      return { ok: true, value: `for ${granted.expires} s after ${since(begin)}` };
    },
  };
}

const connects: Check<Conversation> = {
  name: 'call',
  layer: 'routing',
  hint: 'The call did not find the callee: look for its Call-ID in the logs, and at `tandem registrations`.',
  essential: true,
  run: async (conversation) => {
    const { rang, answered } = await conversation.connect();
    return { ok: true, value: `rang after ${inMs(rang)}, answered after ${inMs(answered)}` };
  },
};

const codec: Check<Conversation> = {
  name: 'codec',
  layer: 'sdp',
  hint: 'Offer and answer do not fit each other behind the switch: look at the media policy.',
  run: async ({ caller, callee }) => {
    const laws = [caller, callee].map((side) => callOf(side).session.agreed?.codec.law ?? 'none');
    return { ok: laws[0] === laws[1] && laws[0] !== 'none', value: laws.join(' and ') };
  },
};

function tone({ name, ends }: Way): Check<Conversation> {
  return {
    name: `tone ${name}`,
    layer: 'media',
    hint: 'RTP does not come through: look at TANDEM_RTP_LISTEN, TANDEM_RTP_ADVERTISE and the firewall.',
    run: async (conversation) => {
      await conversation.talk();
      const { frequency, heardMs, share } = ends(conversation)[1].meter;
      const value = `${percent(share)} of the energy at ${frequency} Hz, ${heardMs / 1_000} s of it clean`;
      return { ok: share >= cleanShare && heardMs >= leastHeard * conversation.talkTime, value };
    },
  };
}

function loss({ name, ends }: Way): Check<Conversation> {
  return {
    name: `loss ${name}`,
    layer: 'media',
    hint: 'Packets are lost: look at the load of the machine and at receive-buffer errors.',
    run: async (conversation) => {
      await conversation.talk();
      const { packets, lost, jitterMs } = callOf(ends(conversation)[1]).audio.statistics.received;
      const share = lost / Math.max(1, packets + lost);
      const value = `${lost} of ${packets + lost} packets, jitter ${inMs(jitterMs)}`;
      return { ok: packets > 0 && share <= mostLost, value };
    },
  };
}

function digits({ name, ends }: Way): Check<Conversation> {
  return {
    name: `digits ${name}`,
    layer: 'media',
    hint: 'Telephone events do not come through: look at the codecs that the media policy leaves.',
    run: async (conversation) => {
      const [from, to] = ends(conversation);
      const arrived: number[] = [];
      callOf(to).on('digit', ({ digit, at }) => {
        to.digits += digit;
        arrived.push(at);
      });
      const sent = await within(callOf(from).sendDtmf(dialled), 'the digits to be sent');
      await soon(() => to.digits.length >= dialled.length, 1_000);
      to.delays.push(...arrived.map((at, index) => at - (sent[index]?.at ?? at)));
      return { ok: to.digits === dialled, value: `${to.digits || 'none'} of ${dialled}` };
    },
  };
}

function latency({ name, ends }: Way): Check<Conversation> {
  return {
    name: `latency ${name}`,
    layer: 'media',
    hint: 'Audio takes long: look at the load of the media workers and at where they are.',
    run: async (conversation) => {
      const { delays } = ends(conversation)[1];
      const median = delays.toSorted((a, b) => a - b)[delays.length >> 1];
      if (median === undefined) return { ok: false, value: 'no digit has come' };
      return { ok: median <= mostDelay, value: inMs(median) };
    },
  };
}

const hold: Check<Conversation> = {
  name: 'hold',
  layer: 'sdp',
  hint: 'A re-INVITE is not relayed, or its session description is not: look for its Call-ID in the logs.',
  run: async ({ caller, callee }) => {
    const begin = performance.now();
    await within(callOf(caller).hold(), 'the hold to be answered');
    const took = since(begin);
    if (callOf(callee).session.agreed?.sending) return { ok: false, value: 'the callee goes on sending' };
    // What was on its way may still come.
    await delay(100);
    const before = packetsOf(caller);
    await delay(300);
    const more = packetsOf(caller) - before;
    return { ok: more === 0, value: `after ${took}, ${more} packets in it` };
  },
};

const resume: Check<Conversation> = {
  name: 'resume',
  layer: 'media',
  hint: 'Audio does not come back after a hold: look at the media session of the call.',
  run: async ({ caller }) => {
    const begin = performance.now();
    await within(callOf(caller).resume(), 'the resumption to be answered');
    const took = since(begin);
    caller.meter.reset();
    const heard = await soon(() => caller.meter.heardMs >= 300, 2_000);
    return { ok: heard, value: `after ${took}, ${percent(caller.meter.share)} tone again` };
  },
};

const hangUp: Check<Conversation> = {
  name: 'hang up',
  layer: 'signalling',
  hint: 'The BYE is not relayed: look for its Call-ID in the logs.',
  run: async ({ caller, callee }) => {
    const begin = performance.now();
    await Promise.all([
      within(callOf(callee).whenEnded(), 'the callee to hear of it'),
      callOf(caller).hangUp(),
    ]);
    return { ok: true, value: `after ${since(begin)}` };
  },
};

/** What is looked at in a call, in this order. */
export const callChecks: readonly Check<Conversation>[] = [
  reachable,
  registers(({ caller }) => caller, 'caller'),
  registers(({ callee }) => callee, 'callee'),
  connects,
  codec,
  ...ways.map(tone),
  ...ways.map(loss),
  ...ways.map(digits),
  ...ways.map(latency),
  hold,
  resume,
  hangUp,
];

function callOf({ call, name }: Side): Call {
  if (call) return call;
  throw new Error(`the ${name} has no call`);
}

function packetsOf(side: Side): number {
  return callOf(side).audio.statistics.received.packets;
}

function since(begin: number): string {
  return inMs(performance.now() - begin);
}

function inMs(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
