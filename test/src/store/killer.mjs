/**
 * Loaded into a process that is to be killed: by itself, once it has used KILL_AT milliseconds of processor time. So
 * the moment does not depend on what else the machine does, and can be anywhere in the work of any thread.
 */
import { writeSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';

if (isMainThread) {
  const used = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  if (process.env.KILL_AT === undefined)
    process.on('exit', () => writeSync(2, `used ${Math.round(used())}\n`));
  else {
    const code = `
      const at = ${Number(process.env.KILL_AT)} * 1000;
      const wait = new Int32Array(new SharedArrayBuffer(4));
      for (;;) {
        const { user, system } = process.cpuUsage();
        if (user + system >= at) process.kill(process.pid, 'SIGKILL');
        Atomics.wait(wait, 0, 0, 1);
      }`;
    new Worker(code, { eval: true, execArgv: [] }).unref();
  }
}
