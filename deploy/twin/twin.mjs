// Runs discord-digital-twin for bot/discord's TestTwin: says where it is in one line of JSON, then does what each line of
// its input asks for and answers with a line.
import { createInterface } from 'node:readline'
import { DigitalDiscord } from 'discord-digital-twin'

const twin = new DigitalDiscord({ channels: [{ name: 'general', type: 0 }], users: [{ username: 'rosa' }] })
await twin.start()
const [channel] = await twin.prisma.channel.findMany()
const user = await twin.getFirstNonBotUserId()
const say = (what) => console.log(JSON.stringify(what))
const here = twin.channel(channel.id)
const answered = async ({ id }) => {
  await here.waitForInteractionAck({ interactionId: id, timeout: 20000 })
  return here.getInteractionResponse(id)
}
const acts = {
  command: async () => answered(await here.user(user).runSlashCommand({ name: 'coalition', commandId: '1', options: [{ type: 1, name: 'help' }] })),
  press: async ({ message, custom }) => answered(await here.user(user).clickButton({ messageId: message, customId: custom })),
  messages: async () => here.getMessages(),
}
say({ api: twin.restUrl, token: twin.botToken, guild: twin.guildId, channel: channel.id, user })
for await (const line of createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line)
  say(await acts[ask.do](ask).catch((e) => ({ error: String(e) })))
}
await twin.stop()
