import type { IncomingMessage } from 'node:http';

/** What a metadata service answers. */
interface MetadataAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A metadata service as its cloud documents it. */
export type Metadata = (request: IncomingMessage) => MetadataAnswer;

const missing: MetadataAnswer = { status: 404, body: '<html><title>404 - Not Found</title></html>' };

function found(body: string | undefined): MetadataAnswer {
  return body === undefined ? missing : { status: 200, body };
}

/** IMDSv2 alone: without a token 401. */
export function amazon({ four, six }: { readonly four?: string; readonly six?: string }): Metadata {
  return ({ headers, method, url }) => {
    if (url === '/latest/api/token') {
      const isAsked = method === 'PUT' && headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined;
      return isAsked ? found('TOKEN==') : { status: 405, body: '' };
    }
    if (headers['x-aws-ec2-metadata-token'] !== 'TOKEN==') return { status: 401, body: '' };
    if (url === '/latest/meta-data/public-ipv4') return found(four);
    return url === '/latest/meta-data/ipv6' ? found(six) : missing;
  };
}

export function google({
  four,
  six,
}: {
  readonly four?: string;
  readonly six?: readonly string[];
}): Metadata {
  const card = '/computeMetadata/v1/instance/network-interfaces/0';
  return ({ headers, url }) => {
    if (headers['metadata-flavor'] !== 'Google')
      return { status: 403, body: 'Missing Metadata-Flavor:Google header.' };
    if (url === `${card}/access-configs/0/external-ip`) return found(four);
    return url === `${card}/ipv6s` ? found(six && `${six.join('\n')}\n`) : missing;
  };
}

export function azure({
  four = '',
  balancer,
}: {
  readonly four?: string;
  readonly balancer?: readonly string[];
}): Metadata {
  const network = {
    interface: [
      {
        ipv4: {
          ipAddress: [{ privateIpAddress: '10.1.0.4', publicIpAddress: four }],
          subnet: [{ address: '10.1.0.0', prefix: '24' }],
        },
        ipv6: { ipAddress: [] },
        macAddress: '000D3AF806EC',
      },
    ],
  };
  const addresses = balancer?.map((frontendIpAddress) => ({
    frontendIpAddress,
    privateIpAddress: '10.1.0.4',
  }));
  const shared = addresses && {
    loadbalancer: { publicIpAddresses: addresses, inboundRules: [], outboundRules: [] },
  };
  return ({ headers, url }) => {
    if (headers.metadata !== 'true')
      return { status: 400, body: '{"error":"Bad request. Required metadata header not specified"}' };
    if (url?.startsWith('/metadata/instance/network?api-version=')) return found(JSON.stringify(network));
    if (url?.startsWith('/metadata/loadbalancer?api-version='))
      return found(shared && JSON.stringify(shared));
    return missing;
  };
}

/** An empty text where there is no floating address. */
export function ec2Like(four: string): Metadata {
  return ({ method, url }) => {
    if (method !== 'GET') return { status: 405, body: '' };
    return url === '/latest/meta-data/public-ipv4' ? found(four) : missing;
  };
}
