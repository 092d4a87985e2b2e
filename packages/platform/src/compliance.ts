export { busCompliance } from './bus/compliance.ts';
export { callStoreCompliance } from './call-store/compliance.ts';
export { nonceCountsCompliance } from './nonce-counts/compliance.ts';
