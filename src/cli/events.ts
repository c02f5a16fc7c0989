import { defineCommand } from './command.ts';
export default defineCommand({
  usage: '[ID]',
  description: 'x',
  examples: [],
  flags: { json: { type: 'boolean' } },
  async run(o, f) {
    console.log(o, f);
  },
});
