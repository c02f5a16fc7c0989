import { describe, expect, it } from 'vitest';
import type { Context } from '../../../src/cli/command.ts';
import { UsageError } from '../../../src/cli/errors.ts';
import { requestLogs } from '../../../src/cli/logs.ts';

const NO_FLAGS = {} as Parameters<typeof requestLogs>[1];

function at(isTTY: boolean): Context {
  return { stdin: { isTTY } } as unknown as Context;
}

describe('what to read', () => {
  it('is stdin where it is a pipe and no file is named', () => {
    expect(requestLogs([], NO_FLAGS, at(false)).names).toEqual(['-']);
    expect(requestLogs(['a', '-'], NO_FLAGS, at(true)).names).toEqual(['a', '-']);
  });

  it('is asked for at a terminal', () => {
    expect(() => requestLogs([], NO_FLAGS, at(true))).toThrow(UsageError);
  });

  it('is looked at from the pinned time and zone', () => {
    const flags = { ...NO_FLAGS, now: '2026-11-24T00:30', tz: 'Europe/Berlin', day: 'yesterday' };
    const { clock, window } = requestLogs([], flags, at(false));
    expect(new Date(clock.now).toISOString()).toBe('2026-11-23T23:30:00.000Z');
    expect(new Date(window.from!).toISOString()).toBe('2026-11-22T23:00:00.000Z');
  });
});
