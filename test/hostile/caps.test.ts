import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@tandem/sip';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const minute = 60_000;
const hour = 3_600_000;
const mebi = 2 ** 20;

interface Row {
  readonly cap: string;
  readonly value: string;
  readonly reason: string;
}

/** The table of docs/limits.md. */
const table: readonly Row[] = read('docs/limits.md')
  .split('## Caps')[1]!
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| cap |'))
  .map((line) => {
    const [cap = '', value = '', reason = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { cap, value, reason };
  });

/** How the row of a cap begins, where the cap is in the code, and what one of its unit is there. */
const caps: readonly (readonly [cap: string, file: string, name: string, unit?: number])[] = [
  ['lines, octets of a line', 'packages/sdp/src/line.ts', 'maxLines'],
  ['lines, octets of a line', 'packages/sdp/src/line.ts', 'maxLine'],
  ['lines, octets of a line', 'packages/sdp/src/line.ts', 'maxMedia'],
  ['seconds within which a trunk', 'services/edge/src/referral.ts', 'lifetime', 1_000],
  ['seconds that a node which is dead', 'packages/platform/src/cluster/etcd-leases.ts', 'ttl'],
  [
    'characters that are kept of a trunk',
    'packages/platform/src/trunk-store/trunk-store.ts',
    'maxTrunkState',
  ],
  ['characters that are kept of a trunk', 'services/trunk/src/conditions.ts', 'maxDetail'],
  ['signs that calls of a trunk', 'packages/platform/src/trunk-store/sightings.ts', 'interval', 1_000],
  ['trunks whose dead contacts', 'packages/platform/src/trunk-store/sightings.ts', 'capacity'],
  ['places of a name', 'services/edge/src/outside-look.ts', 'maxPlaces'],
  ['places of a name', 'services/trunk/src/uses/checks.ts', 'patience', 1_000],
  ['requests of one OPTIONS', 'services/trunk/src/check/examination.ts', 'maxRequests'],
  ['characters of a description', 'services/edge/src/outside-request.ts', 'maxDescription'],
  ['calls at a time of', 'services/cli/src/slo/load.ts', 'mostAtOnce'],
  ['parts of a body', 'packages/sip/src/message/multipart.ts', 'maxParts'],
  ['parts of a body', 'packages/sip/src/message/multipart.ts', 'maxBoundary'],
  ['octets of messages that wait', 'services/edge/src/load/inbox.ts', 'room', mebi],
  ['seconds that what begins', 'services/edge/src/load/inbox.ts', 'burst', 1_000],
  ['seconds that one of several targets', 'services/edge/src/patience.ts', 'targetPatience', 1_000],
  ['targets that are remembered', 'services/edge/src/avoided-targets.ts', 'maxTargets'],
  ['seconds for the answer to a DNS question', 'services/edge/src/dns/servers.ts', 'deadline', 1_000],
  ['seconds for the answer to a DNS question', 'services/edge/src/locate.ts', 'deadline', 1_000],
  ['answers of DNS', 'services/edge/src/dns/cache.ts', 'maxEntries'],
  ['answers of DNS', 'services/edge/src/dns/message.ts', 'maxRecords'],
  ['sources that', 'packages/platform/src/advertise/source.ts', 'maxSources'],
  ['sources that', 'packages/platform/src/settings/shared.ts', 'maxAddresses'],
  [
    'seconds for all answers of a metadata',
    'packages/platform/src/advertise/cloud/metadata.ts',
    'deadline',
    1_000,
  ],
  ['seconds for all answers of a metadata', 'packages/platform/src/advertise/cloud/metadata.ts', 'maxAnswer'],
  ['seconds that a Service', 'packages/platform/src/advertise/cluster-addresses.ts', 'patience', 1_000],
  ['seconds for which a probe', 'packages/platform/src/probe/probe-sightings.ts', 'probeTime', 1_000],
  ['seconds for which a probe', 'packages/platform/src/probe/probe-sightings.ts', 'maxProbes'],
  ['seconds for which a probe', 'packages/platform/src/probe/probe-sightings.ts', 'maxSightings'],
  ['seconds for the answer of a STUN', 'packages/platform/src/advertise/stun.ts', 'deadline', 1_000],
  ['DNS questions at once', 'services/edge/src/dns/resolver.ts', 'maxAsking'],
  ['sources and places', 'services/edge/src/guard/source-rate.ts', 'sources'],
  ['sources and places', 'services/edge/src/guard/source-rate.ts', 'places'],
  ['challenges that a source', 'services/edge/src/guard/suspicion.ts', 'strangerBurst'],
  ['sources under suspicion', 'services/edge/src/guard/suspicion.ts', 'capacity'],
  ['bans', 'services/edge/src/guard/bans.ts', 'maxBans'],
  ['connections of which nothing whole', 'services/edge/src/socket/half-open.ts', 'maxTotal'],
  ['connections of which nothing whole', 'services/edge/src/socket/half-open.ts', 'maxPerSource'],
  ["octets that may wait for a connection's", 'services/edge/src/socket/backlog.ts', 'maxUnsent', mebi],
  ['octets that may wait for', 'services/edge/src/socket/connection-limits.ts', 'maxUnsent', mebi],
  ['octets that may wait for', 'services/edge/src/socket/backlog.ts', 'fairUnsent', 1_024],
  ['octets of the head of a request for a Web', 'services/edge/src/socket/web-socket.ts', 'maxHead'],
  ['pages that', 'services/edge/src/settings.ts', 'maxOrigins'],
  ['traces of calls', 'services/edge/src/ladder/ladder.ts', 'refusedPerSecond'],
  ['traces of calls', 'packages/platform/src/trace-store/trace-store.ts', 'traceLifetimeMs', hour],
  ['who follows calls', 'packages/platform/src/http/streams.ts', 'maxOpen'],
  ['tenants with metrics', 'services/edge/src/call-metrics.ts', 'maxTenants'],
  ['seconds to complete a message', 'services/edge/src/socket/connection.ts', 'messageTimeout', 1_000],
  ['seconds for a TLS handshake', 'services/edge/src/socket/tls/certificates.ts', 'handshakeTimeout', 1_000],
  ['certificates of an edge', 'services/edge/src/settings.ts', 'maxFiles'],
  ['hours that a connection may be idle', 'services/edge/src/socket/connection.ts', 'idleTimeout', hour],
  ['seconds for a verdict', 'services/edge/src/uses/router-pool/questions.ts', 'deadlineMs', 1_000],
  ['milliseconds that one router', 'services/edge/src/uses/router-pool/pool.ts', 'attemptMs'],
  ['requests that wait for a verdict', 'services/edge/src/uses/router-pool/pool.ts', 'defaultCapacity'],
  ['routers that', 'services/edge/src/settings.ts', 'maxRouters'],
  ['slices that', 'services/media/src/settings.ts', 'maxSlices'],
  ['minutes that the clocks', 'packages/platform/src/cluster/node-proof.ts', 'tolerance', minute],
  ['ended connections', 'services/edge/src/uses/router-pool/ended-connections.ts', 'capacity'],
  ['seconds for a media command', 'services/edge/src/uses/media.ts', 'deadline', 1_000],
  ['contacts of redirections', 'services/edge/src/redirection.ts', 'maxContacts'],
  ['steps of a compiled pattern', 'packages/resource/src/pattern.ts', 'maxSteps'],
  ['steps of a compiled pattern', 'packages/resource/src/pattern.ts', 'maxCharacters'],
  ['steps of all patterns', 'packages/resource/src/pattern-consistency.ts', 'maxTenantSteps'],
  ['flows of one instance', 'packages/location/src/apply.ts', 'maxFlows'],
  ['phones that an edge asks', 'services/edge/src/keep-alive/keep-alive.ts', 'maxKept'],
  ['Path values', 'services/router/src/registration.ts', 'pathCap'],
  ['legs of a media worker', 'services/media/src/main.ts', 'maxLegs'],
  ['silence of (port, source)', 'services/media/src/quarantine.ts', 'quietMs', 1_000],
  ['silence of (port, source)', 'services/media/src/quarantine.ts', 'unheardMs', 1_000],
  ['silence of (port, source)', 'services/media/src/quarantine.ts', 'longestMs', minute],
  ['a media session', 'services/media/src/session.ts', 'longestMs', hour],
  ['a media session', 'services/media/src/session.ts', 'setupMs', minute],
  ['octets on their way to a NATS server', 'packages/platform/src/bus/nats/backlog.ts', 'limit', mebi],
  ['minutes in which NATS knows', 'packages/platform/src/bus/bus.ts', 'keyWindowMs', minute],
  ['octets of a file that is imported', 'packages/asterisk/src/caps.ts', 'maxOctets'],
  ['octets of a file that is imported', 'packages/asterisk/src/caps.ts', 'maxLine'],
  ['files of an import', 'packages/asterisk/src/caps.ts', 'maxFiles'],
  ['files of an import', 'packages/asterisk/src/caps.ts', 'maxIncludeDepth'],
  ['files of an import', 'services/cli/src/import/asterisk-folder.ts', 'maxPaths'],
  ['block comments within', 'packages/asterisk/src/caps.ts', 'maxCommentDepth'],
  ['options of an imported section', 'packages/asterisk/src/caps.ts', 'maxOptions'],
  ['options of an imported section', 'packages/asterisk/src/caps.ts', 'maxAllOptions'],
  ['characters of an imported Dial', 'packages/asterisk/src/caps.ts', 'maxExpanded'],
  ['characters of an imported Dial', 'packages/asterisk/src/caps.ts', 'maxGotos'],
  ['characters of an imported Dial', 'packages/asterisk/src/caps.ts', 'maxContexts'],
  ['elements of an imported pattern', 'packages/asterisk/src/extension-pattern.ts', 'maxElements'],
  ['resources in one change', 'packages/platform/src/configuration/store.ts', 'maxWrites'],
  ['resources in one change', 'packages/platform/src/configuration/store.ts', 'maxText'],
  ['hours that the record of a call', 'services/edge/src/records/call-records.ts', 'recordLifetime', hour],
  ['seconds for an answer of the K', 'packages/platform/src/kubernetes/exchange.ts', 'answerWithinMs', 1_000],
  ['seconds for an answer of the K', 'packages/platform/src/kubernetes/exchange.ts', 'maxAnswer', mebi],
  ['objects in an answer of the K', 'packages/platform/src/kubernetes/kubernetes.ts', 'pageSize'],
  ['objects in an answer of the K', 'packages/platform/src/kubernetes/kubernetes.ts', 'maxPages'],
  [
    'seconds between two changes of the d',
    'packages/platform/src/kubernetes/deletion-cost.ts',
    'lookEvery',
    1_000,
  ],
];

const messageCaps: Readonly<Record<keyof typeof limits, string>> = {
  messageOctets: 'octets of a SIP message',
  headerOctets: 'octets of a header',
  headerLines: 'header lines',
  headerElements: 'elements of one header',
  parameters: 'parameters of one value',
  uriOctets: 'octets of a URI',
  targets: 'targets of one name',
};

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The number that a constant is: a product of numbers. */
function constant(file: string, name: string): number {
  const [, product] =
    new RegExp(`^(?:export )?const ${name}(?:: number)? = ([\\d_ *.]+);`, 'm').exec(read(file)) ?? [];
  if (product === undefined) throw new Error(`${file} has no ${name}`);
  return product.split('*').reduce((result, factor) => result * Number(factor.replaceAll('_', '')), 1);
}

function row(cap: string): Row {
  const found = table.filter((each) => each.cap.startsWith(cap));
  if (found.length !== 1) throw new Error(`${found.length} rows begin with ${cap}`);
  return found[0]!;
}

/** The numbers in a cell, without what is a name. */
function numbers({ value }: Row): number[] {
  const plain = value.replaceAll(/`[^`]*`/g, '');
  return [...plain.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([text]) => Number(text.replaceAll(',', '')));
}

describe('the table of caps', () => {
  it.each(table.map((each) => [each.cap, each] as const))(
    'has value and reason of: %s',
    (_, { reason, value }) => {
      expect(value).not.toBe('');
      expect(reason).not.toBe('');
    },
  );

  it.each(Object.entries(messageCaps))('agrees with the code on %s', (name, cap) => {
    expect(numbers(row(cap))).toContain(limits[name as keyof typeof limits]);
  });

  it.each(caps.map(([cap, file, name, unit = 1]) => [cap, file, name, unit] as const))(
    'agrees with the code on: %s (%s, %s)',
    (cap, file, name, unit) => {
      expect(numbers(row(cap))).toContain(constant(file, name) / unit);
    },
  );
});
