/** Makes channels of what the configuration says of them. */
import { readFile } from 'node:fs/promises';
import type { ChannelSettings, Secret } from '../configuration.ts';
import { alertmanager } from './alertmanager.ts';
import type { Channel } from './channel.ts';
import { command } from './command.ts';
import { slack, webhook } from './webhook.ts';

/**
 * Opens a channel: reads the files that hold its secrets, and sends nothing yet.
 * @throws Error where such a file cannot be read, or holds no address
 */
export async function openChannel(settings: ChannelSettings): Promise<Channel> {
  const { name } = settings;
  switch (settings.type) {
    case 'alertmanager':
      return alertmanager(name, await urlOf(settings.url));
    case 'webhook':
      return webhook(name, await urlOf(settings.url));
    case 'slack':
      return slack(name, await urlOf(settings.url));
    case 'command':
      return command(name, settings.command);
    case 'mail': {
      // The library is only loaded where there is mail to send.
      const { mail } = await import('./mail.ts');
      const { passwordFile } = settings;
      const password = passwordFile === undefined ? undefined : await reveal({ file: passwordFile });
      return mail(name, { ...settings, password });
    }
  }
}

async function urlOf(secret: Secret): Promise<string> {
  const url = await reveal(secret);
  if (!URL.canParse(url))
    throw new Error(`${'file' in secret ? secret.file : 'url'} does not hold an address`);
  return url;
}

async function reveal(secret: Secret): Promise<string> {
  return 'value' in secret ? secret.value : (await readFile(secret.file, 'utf8')).trim();
}
