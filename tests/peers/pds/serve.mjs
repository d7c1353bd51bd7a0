// A Bluesky PDS with its own in-memory identity directory (PLC) and no AppView, until it is told to stop.
// node serve.mjs PDS_PORT PLC_PORT FOLDER LIMITS(0|1) [MODERATION_URL]; prints "ready" when it serves, and again after
// each SIGHUP, which stops the PDS and starts it anew on the same data.
import { mkdirSync } from 'node:fs'
import { TestNetworkNoAppView, TestPds } from '@atproto/dev-env'

const [port, plcPort, folder, limits, moderation] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const config = {
  port: Number(port),
  dataDirectory: folder,
  blobstoreDiskLocation: `${folder}/blobs`,
  rateLimitsEnabled: limits === '1',
  ...(moderation && { reportServiceUrl: moderation, reportServiceDid: 'did:example:moderation' }),
}
const network = await TestNetworkNoAppView.create({
  dbPostgresSchema: 'unused',
  pds: config,
  plc: { port: Number(plcPort) },
})
process.on('SIGHUP', async () => {
  await network.pds.close()
  network.pds = await TestPds.create({ ...config, didPlcUrl: network.plc.url })
  console.log('ready')
})
process.on('SIGTERM', async () => {
  await network.close()
  process.exit(0)
})
console.log('ready')
