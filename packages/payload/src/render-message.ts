/** What a message has in it, unless it is one paragraph with nothing to escape, as most are. */
const isMore = /[&<>"'\r]|\n\s*\n/

/**
 * The HTML of a message: each paragraph, that is text between blank lines, in `<p>`, and nothing else. Markdown is shown as it
 * was typed. The text is escaped for use in content and in attributes.
 */
export function renderMessage(message: string): string {
  if (!isMore.test(message)) return toParagraph(message)
  // No entity begins or ends a paragraph, so all of them are escaped at once.
  return escapeHtml(message)
    .replace(/\r\n?/g, '\n')
    .split(/\n[^\S\n]*(?:\n[^\S\n]*)+/)
    .map(toParagraph)
    .filter((paragraph) => paragraph !== '')
    .join('\n')
}

function toParagraph(html: string): string {
  const trimmed = html.trim()
  return trimmed === '' ? '' : `<p>${trimmed}</p>`
}

/** Character after character: one expression for all would call a function for each match, which takes twice as long. */
function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')
}
