/** Opens the store that an address names. The back ends are loaded only when they are needed. */
import type { Address } from './address.ts';
import type { Store } from './store.ts';

/** Opens a store for reading and writing. */
export async function openStore(address: Address, environment: NodeJS.ProcessEnv): Promise<Store> {
  if (address.kind === 'embedded') return (await import('./embedded.ts')).openEmbedded(address);
  return (await import('./server.ts')).openServer(address, environment);
}

/** Opens a store for reading, beside whoever writes to it. */
export async function openReader(address: Address, environment: NodeJS.ProcessEnv): Promise<Store> {
  if (address.kind === 'embedded') return (await import('./embedded.ts')).attachEmbedded(address);
  return (await import('./server.ts')).openServer(address, environment);
}
