import { trunk as contract, encoded } from '@tandem/contract';
import { type Bus, type Log, type Subscription, subjectToken } from '@tandem/platform';

/** Milliseconds that a check may take: names, connections, a registrar and contacts that are silent, one after the other. */
const patience = 60_000;

/** Lets anybody have this node look at a trunk of its own; `check` says nothing where it has none of that name. */
export function serveChecks(
  bus: Bus,
  region: string,
  node: string,
  log: Log,
  check: (name: string) => Promise<contract.Step[] | undefined>,
): Subscription {
  return bus.subscribe(subjectOf(region, node), ({ payload, respond }) => {
    const { tenant, trunk } = contract.Check.decode(payload);
    const answer = async (): Promise<void> => {
      const steps = (await check(`${tenant}/${trunk}`)) ?? [];
      respond(encoded(contract.Checked, { steps }));
    };
    answer().catch((err: unknown) =>
      log.error({ err, trunk: `${tenant}/${trunk}` }, 'a trunk could not be checked'),
    );
  });
}

/** Has the node that looks after a trunk look at each part of it; no steps when it has it no more. Rejects with a Fault of the bus. */
export async function askForCheck(
  { bus, region }: { readonly bus: Bus; readonly region: string },
  node: string,
  check: contract.Check,
): Promise<contract.Step[]> {
  const octets = encoded(contract.Check, check);
  const answer = await bus.request(subjectOf(region, node), octets, { timeoutMs: patience });
  return contract.Checked.decode(answer).steps;
}

function subjectOf(region: string, node: string): string {
  return `tandem.${region}.trunks.check.${subjectToken(node)}`;
}
