import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderMessage } from '../src/render-message.ts'

test.for([
  ['Example change\n', '<p>Example change</p>'],
  ['Example change', '<p>Example change</p>'],
  ['', ''],
  [' \n\n ', ''],
  ['Subject\n\nFirst line\nsecond line\n', '<p>Subject</p>\n<p>First line\nsecond line</p>'],
  ['Subject\r\n\r\nBody\r\n', '<p>Subject</p>\n<p>Body</p>'],
  ['Subject\n \t\n\n\nBody', '<p>Subject</p>\n<p>Body</p>'],
  [`<script>"a" & 'b'</script>`, '<p>&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;</p>'],
  ['* not **markdown**', '<p>* not **markdown**</p>'],
])('%j is rendered as %j', ([message, html]) => {
  expect(renderMessage(message ?? '')).toBe(html)
})

test('No message brings a tag or a quote of its own', () => {
  const message = fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', '\n', '\r', 'p', '/', ' ', '😀'),
  })
  fc.assert(
    fc.property(message, (text) => {
      const content = renderMessage(text).replaceAll(/<\/?p>/g, '')
      expect(content).not.toMatch(/[<>"']/)
    }),
  )
})
