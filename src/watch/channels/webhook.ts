/** Webhooks: our own form of JSON, and Slack's, which Mattermost, Rocket.Chat and others take too. */
import { type Channel, post } from './channel.ts';
import { paragraph, record } from './words.ts';

/** Slack cuts longer texts. */
const LONGEST = 3000;

/** Posts `{"schema": "whybounce.alerts/1", "alerts": […]}`. */
export function webhook(name: string, url: string): Channel {
  return {
    name,
    send: (alerts) => post(url, { schema: 'whybounce.alerts/1', alerts: alerts.map(record) }),
  };
}

/** Posts a text. */
export function slack(name: string, url: string): Channel {
  return {
    name,
    send: (alerts) => post(url, { text: escaped(alerts.map(paragraph).join('\n\n')).slice(0, LONGEST) }),
  };
}

/** Slack takes `<…>` for links and `&` for the beginning of an entity. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
