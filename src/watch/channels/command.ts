/** A command that gets the alerts as JSON on its standard input. No shell reads its words. */
import { spawn } from 'node:child_process';
import { type Channel, ChannelError } from './channel.ts';
import { record } from './words.ts';

/** The command must end within this time, in milliseconds. */
const PATIENCE = 30_000;

/** @param words the program and its arguments */
export function command(name: string, words: readonly string[]): Channel {
  return {
    name,
    send: (alerts) =>
      run(words, `${JSON.stringify({ schema: 'whybounce.alerts/1', alerts: alerts.map(record) })}\n`),
  };
}

function run([program = '', ...words]: readonly string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < 200) complaint += text;
    });
    // Not everybody reads all that is said to them.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', (error) => reject(new ChannelError(`${program} cannot be run: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else {
        const said = complaint.slice(0, 200).trim();
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        reject(new ChannelError(`${program} ended ${how}${said === '' ? '' : `: ${said}`}`));
      }
    });
  });
}
