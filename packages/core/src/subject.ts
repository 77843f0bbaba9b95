import { describeType } from './describe-value.ts'
import { InvalidInputError } from './errors.ts'
import { parseUuid } from './uuid.ts'

/** What a subscription can be put on. One on a project or workspace hears every repository below it. */
export const subjectTypes = ['repository', 'project', 'workspace'] as const

/** The kind of a subject. Bitbucket Cloud has `repository` and `workspace`; `project` is our addition. */
export type SubjectType = (typeof subjectTypes)[number]

/** Names one subject. */
export interface SubjectRef {
  readonly type: SubjectType
  /** The UUID of the repository, project or workspace: lower case, no braces. */
  readonly id: string
}

/** Whether a value names a kind of subject. */
export function isSubjectType(value: unknown): value is SubjectType {
  return subjectTypes.some((type) => type === value)
}

/**
 * A subject from unknown input; UUIDs in braces or capitals are normalised.
 * @throws {InvalidInputError} `subject.invalid`
 */
export function parseSubjectRef(input: unknown): SubjectRef {
  if (typeof input !== 'object' || input === null || !('type' in input) || !('id' in input)) {
    throw invalid(
      'subject',
      `Expected \`subject\` to be an object with \`type\` and \`id\`, got ${describeType(input)}.`,
    )
  }
  const { type, id } = input
  if (!isSubjectType(type)) {
    throw invalid(
      'subject.type',
      `Expected \`subject.type\` to be one of ${subjectTypes.join(', ')}, got ${describeType(type)}.`,
    )
  }
  return { type, id: parseUuid(id, 'subject.id') }
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'subject.invalid', field, message })
}
