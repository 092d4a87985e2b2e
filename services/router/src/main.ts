export * from './faults.ts';
export { type Caller, identify } from './identity.ts';
export type { Question } from './question.ts';
export { type Bindings, route, wanted } from './route.ts';
export { Router, type RouterParts } from './router.ts';
