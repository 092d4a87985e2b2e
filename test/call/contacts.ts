import { until } from '../harness/deadline.ts';
import type { Office } from './office.ts';

/** Exactly these are registered, such as `1002 10.64.0.4`, at the latest soon. */
export async function expectContacts(office: Office, ...contacts: readonly string[]): Promise<void> {
  const expected = contacts.toSorted().join();
  let found = '';
  const isSo = async () => {
    found = (await office.contacts()).toSorted().join();
    return found === expected;
  };
  await until(() => `registered is [${found}], expected [${expected}]`, isSo);
}
