import { edgeSettings, type OwnEdgeSettings, routerLinkSettings } from '@tandem/edge';
import { mediaSettings, type OwnMediaSettings } from '@tandem/media';
import { type AnySettings, type SettingsOf, type SharedSettings, sharedSettings } from '@tandem/platform';
import { routerSettings } from '@tandem/router';

/** The settings of all tiers in one process. */
export type UpSettings = SharedSettings & OwnEdgeSettings & OwnMediaSettings;

/** Every setting of every tier: any may be in the environment of any process. */
export const everySetting: AnySettings = {
  ...sharedSettings,
  ...edgeSettings,
  ...routerLinkSettings,
  ...routerSettings,
  ...mediaSettings,
} as AnySettings;

export const upSettings: SettingsOf<UpSettings> = {
  ...sharedSettings,
  ...edgeSettings,
  ...mediaSettings,
  // Most often nobody else is there.
  drainTimeout: { ...sharedSettings.drainTimeout, default: '0' },
};
