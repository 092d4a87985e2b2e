import { edgeSettings, type OwnEdgeSettings } from '@tandem/edge';
import { mediaSettings, type OwnMediaSettings } from '@tandem/media';
import { type SettingsOf, type SharedSettings, sharedSettings } from '@tandem/platform';

/** The settings of all tiers in one process. */
export type UpSettings = SharedSettings & OwnEdgeSettings & OwnMediaSettings;

export const upSettings: SettingsOf<UpSettings> = { ...sharedSettings, ...edgeSettings, ...mediaSettings };
