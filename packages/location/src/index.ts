export { applyRegistration, type Registration } from './apply.ts';
export { aorOf, type Binding, type BindingFlow, partsOfAor } from './binding.ts';
export type { BindingChange, ContactChange, RegistrationChange } from './change.ts';
export * from './faults.ts';
export type { ListPage, ListQuery, Location, LocationEvent, LocationListener } from './location.ts';
export { MemoryLocation } from './memory.ts';
export { type MemoryLocationOptions, openMemoryLocation } from './open.ts';
export { packBindings, unpackBindings } from './pack.ts';
export type { RestoreReport } from './registration-file.ts';
