import {
  defineSettings,
  formatHostPort,
  type HostPort,
  hostPort,
  isWildcard,
  type SettingsOf,
  type SharedSettings,
  settingInvalid,
} from '@tandem/platform';
import { Fault } from '@tandem/sip';

/** The settings of a router alone. */
export interface OwnRouterSettings {
  readonly routerListen: HostPort;
  readonly routerAdvertise: HostPort | undefined;
}

/** All that a router is told. */
export type RouterSettings = OwnRouterSettings & Pick<SharedSettings, 'region' | 'nodeId'>;

export const routerSettings: SettingsOf<OwnRouterSettings> = defineSettings<OwnRouterSettings>({
  routerListen: {
    schema: hostPort,
    default: '127.0.0.1:7070',
    description: 'Where edges ask this router, by gRPC.',
  },
  routerAdvertise: {
    schema: hostPort
      .refine(({ host, port }) => !isWildcard(host) && port !== 0, 'must be an address that edges can reach')
      .optional(),
    description:
      'The host:port that edges are told to ask this router at; the one of `--router-listen` when unset, required where that stands for all addresses.',
  },
});

/**
 * What edges are told, as `host:port`; `port` is the one that the system has chosen where the setting leaves that to
 * it. Throws `setting-invalid` when there is no address to tell.
 */
export function advertisedAddress(
  { routerAdvertise, routerListen }: OwnRouterSettings,
  port: number = routerListen.port,
): string {
  if (routerAdvertise !== undefined) return formatHostPort(routerAdvertise);
  if (!isWildcard(routerListen.host)) return formatHostPort({ host: routerListen.host, port });
  throw new Fault(
    settingInvalid,
    `TANDEM_ROUTER_ADVERTISE: is required when TANDEM_ROUTER_LISTEN is at ${routerListen.host}`,
  );
}
