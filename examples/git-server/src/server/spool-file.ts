import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The file of a push in the spool. @param pushId visible ASCII without slashes */
export function toSpoolPath(folder: string, pushId: string): string {
  return join(folder, `${pushId}.json`)
}

/** What the file is called until it is whole. */
export function toPartPath(folder: string, pushId: string): string {
  return `${toSpoolPath(folder, pushId)}.part`
}

/** Whole or not there at all, whatever is killed or loses its power meanwhile: written aside, synced, and then given its name. */
export async function writeSpoolFile(folder: string, pushId: string, text: string): Promise<void> {
  const path = toSpoolPath(folder, pushId)
  const aside = toPartPath(folder, pushId)
  const file = await open(aside, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path)
  const folderHandle = await open(dirname(path))
  try {
    await folderHandle.sync()
  } finally {
    await folderHandle.close()
  }
}
