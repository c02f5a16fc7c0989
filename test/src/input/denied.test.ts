/** Root may read everything, so what another user meets is played by the file system's functions. */
import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { openSources } from '../../../src/input/source.ts';

const { failure } = vi.hoisted(() => ({ failure: { code: '' } }));

vi.mock('node:fs/promises', () => ({
  stat: () => Promise.reject(Object.assign(new Error(`${failure.code}: refused`), failure)),
  open: () => Promise.reject(new Error('not reached')),
}));

test.each([
  ['EACCES', 'denied', 'mail.log may not be read by this user'],
  ['EPERM', 'denied', 'mail.log may not be read by this user'],
  ['ENOENT', 'missing', 'mail.log does not exist'],
  ['EIO', 'unreadable', 'mail.log cannot be read: EIO: refused'],
])('%s: %s', async (code, fault, message) => {
  failure.code = code;
  await expect(openSources(['mail.log'], { stdin: Readable.from([]), now: 0 })).rejects.toMatchObject({
    name: 'InputError',
    file: 'mail.log',
    fault,
    message,
  });
});
