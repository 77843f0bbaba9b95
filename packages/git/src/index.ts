export {
  type EmitPushOptions,
  emitPush,
  type PushEmitter,
  type PushInterest,
  type UnheardReceipt,
} from './emit-push.ts'
export { GitError, type GitErrorCode, type GitErrorOptions } from './errors.ts'
export type { PushUpdate } from './push-update.ts'
export { readPush } from './read-push.ts'
export type { ReadPushOptions } from './read-push-options.ts'
