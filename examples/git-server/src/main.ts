import { parseArgs } from 'node:util'
import { runDemonstration } from './demonstration/demonstration.ts'
import { createHumanDisplay } from './display/human-display.ts'
import { createJsonDisplay } from './display/json-display.ts'
import { memoryStores, sqliteStores } from './host-store.ts'
import { serve } from './serve.ts'

const usage = `Usage: start [--json] [--memory]                    show the deliveries of real pushes, then end
       start --serve [--port <port>] [--url <url>]... [--json] [--memory]   keep the server up
--json: one JSON line per attempt instead of a table.
--memory: keeps subscriptions and deliveries in memory instead of a SQLite file.`

// Whoever reads may stop reading, as `head` does.
process.stdout.once('error', () => process.exit(1))

try {
  const options = parseOptions()
  const display = options.json ? createJsonDisplay() : createHumanDisplay()
  const createStore = options.memory ? memoryStores : sqliteStores
  if (options.help) console.log(usage)
  else if (options.serve) await serve({ port: Number(options.port), urls: options.url, display, createStore })
  else {
    // An exit, unlike a signal, lets the temporary folder be removed.
    process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
    process.exitCode = (await runDemonstration(display, createStore)) ? 0 : 1
  }
} catch (error) {
  console.error(error)
  process.exit(1)
}

function parseOptions() {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        memory: { type: 'boolean', default: false },
        serve: { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        url: { type: 'string', multiple: true, default: [] },
      },
    })
    return values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    return process.exit(2)
  }
}
