import { bareHost } from '@tandem/sip';
import { z } from 'zod';
import type { Metadata } from './metadata.ts';

const asked = { Metadata: 'true' };

const side = z.object({ ipAddress: z.array(z.object({ publicIpAddress: z.string().optional() })) });
const network = z.object({ interface: z.array(z.object({ ipv4: side.optional(), ipv6: side.optional() })) });
const balancer = z.object({
  loadbalancer: z.object({ publicIpAddresses: z.array(z.object({ frontendIpAddress: z.string() })) }),
});

/** Azure. Addresses of the Standard SKU are left empty with the machine's own, and told with those of its load balancer. */
export async function azureAddresses({ read }: Metadata): Promise<readonly (string | undefined)[]> {
  const machine = await read('/metadata/instance/network?api-version=2021-02-01', asked);
  const own = parsed(network, machine)?.interface.flatMap(({ ipv4, ipv6 }) => [
    ...(ipv4?.ipAddress ?? []),
    ...(ipv6?.ipAddress ?? []),
  ]);
  const found = own?.map(({ publicIpAddress }) => publicIpAddress).filter((address) => address) ?? [];
  if (machine === undefined || found.length > 0) return found;
  const shared = parsed(balancer, await read('/metadata/loadbalancer?api-version=2020-10-01', asked));
  return (
    shared?.loadbalancer.publicIpAddresses.map(({ frontendIpAddress }) => bareHost(frontendIpAddress)) ?? []
  );
}

/** Undefined for what is not what it should be. */
function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}
